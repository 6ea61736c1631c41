import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function runtimeWords(): string[] {
  if (navigator.userAgent.startsWith("Deno/")) {
    const config = process.env.ATO_DENO_CONFIG ?? `${ROOT}deno.npm.json`;
    return ["run", "--config", config, "-A", "--no-check"];
  }
  const minor = /^v22\.(\d+)/.exec(process.version)?.[1];
  const strip = minor !== undefined && Number(minor) < 18
    ? ["--experimental-strip-types"]
    : [];
  const hooks = new URL("../../tools/node_hooks.mjs", import.meta.url).href;
  return [...strip, "--no-warnings", "--import", hooks];
}

/** Runs a file of `fixtures/` on the runtime of the tests; gives what it printed. */
export function runFixture(
  name: string,
  args: string[],
  env: Record<string, string>,
): string {
  // Under `node --test` the child would report to its parent's runner and not to stdout.
  const { NODE_TEST_CONTEXT: _, ...own } = process.env;
  const file = fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
  const child = spawnSync(
    process.execPath,
    [...runtimeWords(), file, ...args],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...own, NO_COLOR: "1", ...env },
    },
  );
  if (child.status !== 0) throw new Error(child.stderr);
  return child.stdout;
}

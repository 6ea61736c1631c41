/** The package as npm installs it: packed, and installed into a project of its own. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";

/** Absolute path of the repository. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** The supported versions of Node, with their binaries if the test command names them. */
export const NODES: readonly (readonly [name: string, path?: string])[] = [
  ["22.13", process.env.ATO_NODE_22_13],
  ["22", process.env.ATO_NODE_22],
  ["24", process.env.ATO_NODE_24],
];

/** The reason to skip the tests of the packed package, or `false`. */
export const skip: string | false = !navigator.userAgent.startsWith("Deno/")
  ? "the package is packed by Deno; this runs in Deno's suite"
  : NODES.some(([, path]) => path === undefined)
  ? "no Node binaries are named; run it by `deno task test`"
  : false;

/** How a program ended, and its output. */
export interface Ended {
  /** The exit status; `null` if a signal ended it. */
  readonly status: number | null;
  /** What it wrote to stdout. */
  readonly stdout: string;
  /** What it wrote to stderr. */
  readonly stderr: string;
}

/** Runs a program to its end, however it ends. */
export function start(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Ended {
  return spawnSync(command, args, {
    cwd,
    env: {
      ...process.env,
      NO_COLOR: "1",
      npm_config_update_notifier: "false",
      ...env,
    },
    encoding: "utf8",
  });
}

/** Runs a program that must succeed, and returns what it printed. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr } = start(command, args, cwd, env);
  assertEquals(status, 0, `${args.join(" ")}\n${stdout}\n${stderr}`);
  return stdout;
}

/**
 * Packs the package and installs it by npm.
 *
 * @param folder The folder to create; it gets a `package.json` and `node_modules`.
 */
export function installPacked(folder: string): void {
  mkdirSync(folder);
  writeFileSync(
    join(folder, "package.json"),
    '{"private": true, "type": "module"}',
  );
  const [config, tool] = ["deno.npm.json", "tools/pack.ts"];
  const flags = ["run", "-A", "--config", join(ROOT, config), join(ROOT, tool)];
  run(process.execPath, [...flags, "ato.tgz"], folder);
  run("npm", ["install", "--no-audit", "--no-fund", "./ato.tgz"], folder);
}

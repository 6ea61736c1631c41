/** Which script a run takes for its program. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { inFolder, isDeno } from "./_helpers.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TRACKER = new URL("../../tracker/mod.ts", import.meta.url).href;
const CONFIG = process.env["ATO_DENO_CONFIG"] ?? join(ROOT, "deno.npm.json");

/** Logs a run and prints the coverage of its code. */
const CODE = `
const { SQLFinder, SQLLogger } = await import(${JSON.stringify(TRACKER)});
const config = { experiment: { projectName: "x", sql: { dbPath: "runs.db" } } };
const logger = new SQLLogger(config);
const id = await logger.run();
await logger.finish();
const finder = new SQLFinder(config);
console.log(JSON.stringify((await finder.factorsOf(id)).coverage.code));
await finder.close();
if ("WorkerGlobalScope" in globalThis) globalThis.close();
`;

const TYPED =
  /^\{"level":"none","missing":\["the program is not a file \(.*\)"\]\}$/;

interface Start {
  readonly name: string;
  readonly args: (folder: string) => string[];
  readonly input?: string;
}

const DENO = (command: string, ...words: string[]) => (): string[] => [
  command,
  "--config",
  CONFIG,
  ...words,
];
const NODE = (...words: string[]) => (): string[] => [
  ...process.execArgv,
  "--input-type=module",
  ...words,
];

const STARTS: readonly Start[] = isDeno
  ? [
    { name: "deno eval", args: DENO("eval", CODE, "word") },
    { name: "stdin", args: DENO("run", "-A", "-", "word"), input: CODE },
    {
      name: "a prompt",
      args: DENO("repl", "-A", "-q"),
      input: CODE.replaceAll("\n", " "),
    },
  ]
  : [
    { name: "node -e", args: NODE("-e", CODE, "word") },
    { name: "stdin", args: NODE("-", "word"), input: CODE },
  ];

function outputOf(start: Start, folder: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, start.args(folder), {
    cwd: folder,
    encoding: "utf8",
    input: start.input ?? "",
    timeout: 120_000,
    env: { ...process.env, NO_COLOR: "1" },
  });
  const line = stdout.split("\n").find((one) => one.startsWith("{"));
  assert(line !== undefined, `${stdout}\n${stderr}`);
  return line;
}

for (const start of STARTS) {
  test(`SQLLogger.run: a program that is not a file has no code: ${start.name}`, async () => {
    await inFolder((folder) => assertMatch(outputOf(start, folder), TYPED));
  });
}

test("SQLLogger.run: a script in a file has a program, and so has a worker", () => {
  const folder = mkdtempSync(join(tmpdir(), "ato-entry-"));
  try {
    writeFileSync(join(folder, "run.mjs"), CODE);
    writeFileSync(
      join(folder, "main.mjs"),
      isDeno
        ? `new Worker(new URL("./run.mjs", import.meta.url), { type: "module" });`
        : `import { Worker } from "node:worker_threads";
new Worker(new URL("./run.mjs", import.meta.url));`,
    );
    for (const script of ["run.mjs", "main.mjs"]) {
      const args = (): string[] =>
        isDeno
          ? ["run", "-A", "--config", CONFIG, script]
          : [...process.execArgv, script];
      const line = outputOf({ name: script, args }, folder);
      assertEquals(line.includes("is not a file"), false, line);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/**
 * Makes the runs of `tests/cli/golden/iris.db` again, as the file of schema version 3 that they are: with the sources
 * of the commit that added the file, because no later version of Ato writes it.
 *
 *     deno run -A tools/golden_runs.ts iris.db
 *
 * Deno, `git`, `tar` and `python3` are needed. Times, ids and the two runs with an unseeded loader come out
 * differently each time, so the stored file is not replaced: what must be equal is compared with it.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const STORED = "tests/cli/golden/iris.db";

/** The Python program of runs 8 to 10. */
const SIMULATE = `import sys
for step in range(5):
    print(f"step={step} loss={float(sys.argv[2]) / (step + 1):.3f}")
`;

/** A loader without a seed, for runs 6 and 7. */
const UNSEEDED: readonly (readonly [from: string, to: string])[] = [
  [
    "/** The share of samples",
    'const load = scope.runtimeTrace({ id: "load" })(\n' +
    "  (config: IrisConfig) => loadIris(Math.random, config.testShare).test.map((one) => one.features),\n" +
    ");\n\n/** The share of samples",
  ],
  [
    "const data = loadIris(random, config.testShare);",
    "load(config);\n  const data = loadIris(Math.random, config.testShare);",
  ],
];

/** What a program printed; what it writes to stderr is shown if it fails and is expected not to. */
function run(
  folder: string,
  [program = "", ...words]: readonly string[],
  mayFail = false,
): void {
  try {
    execFileSync(program, words, { cwd: folder, stdio: "pipe" });
  } catch (error) {
    if (!mayFail) throw error;
  }
}

/** Writes the sources of the commit that added the stored file. */
function checkOut(folder: string): void {
  const words = ["log", "--diff-filter=A", "--format=%H", "--", STORED];
  const commit = execFileSync("git", words, { cwd: ROOT, encoding: "utf8" })
    .trim().split("\n").at(-1)!;
  const archive = join(folder, "sources.tar");
  run(ROOT, ["git", "archive", "--output", archive, commit]);
  run(folder, ["tar", "-xf", archive]);
}

function replaceIn(path: string, from: string, to: string): void {
  const text = readFileSync(path, "utf8");
  if (!text.includes(from)) throw new Error(`${path} does not have ${from}`);
  writeFileSync(path, text.replaceAll(from, to));
}

/** Records the ten runs, in the order of their ids. */
function record(folder: string): string {
  const iris = join(folder, "iris");
  cpSync(join(folder, "examples"), iris, { recursive: true });
  writeFileSync(join(iris, "simulate.py"), SIMULATE);
  const deno = ["deno", "run", "-A", "-q", "--config", "../deno.npm.json"];
  const train = (...words: string[]) =>
    run(iris, [...deno, "train_iris.ts", "epochs=40", ...words]);
  const network = join(iris, "iris/network.ts");
  train();
  train("lr=3");
  replaceIn(network, "weights[at]! -= lr", "weights[at]! += lr");
  train();
  replaceIn(network, "weights[at]! += lr", "weights[at]! -= lr");
  train("seed=8");
  train();
  const script = join(iris, "train_iris.ts");
  for (const [from, to] of UNSEEDED) replaceIn(script, from, to);
  train();
  train();
  const ato = [...deno, "../cli.ts", "run", "--db", "iris.db"];
  const simulate = (scale: string, ...options: string[]) => {
    const words = ["--project", "script", ...options, "--"];
    const program = ["python3", "simulate.py", "--scale", scale];
    run(iris, [...ato, ...words, ...program], scale === "x");
  };
  simulate("1", "--name", "first");
  simulate("2", "--tag", "big");
  simulate("x");
  return join(iris, "iris.db");
}

/** Replaces what names this machine, in every text of the file. */
function mask(path: string, names: readonly (readonly [string, string])[]) {
  const file = new DatabaseSync(path);
  const tables = file.prepare(
    "SELECT m.name AS table_name, c.name AS column_name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
  ).all();
  for (const { table_name: table, column_name: column } of tables) {
    for (const [from, to] of names) {
      file.prepare(
        `UPDATE "${table}" SET "${column}" = replace("${column}", ?, ?) WHERE typeof("${column}") = 'text' AND instr("${column}", ?) > 0`,
      ).run(from, to, from);
    }
  }
  file.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
  file.close();
}

/** What must be the same each time: the schema, the metrics of all runs with a seed, and their code. */
function summaryOf(path: string): string {
  const file = new DatabaseSync(path, { readOnly: true });
  const rows = (sql: string) => JSON.stringify(file.prepare(sql).all());
  const parts = [
    rows("PRAGMA user_version"),
    rows("SELECT id, name, status FROM experiments ORDER BY id"),
    rows(
      "SELECT run_id, key, count, first, last FROM series WHERE run_id NOT IN (6, 7) ORDER BY run_id, key",
    ),
    rows(
      "SELECT run_id, trace_id, trace_type, fingerprint FROM fingerprints WHERE run_id NOT IN (6, 7) ORDER BY 1, 2, 3",
    ),
  ];
  file.close();
  return parts.join("\n");
}

const [, , target] = process.argv;
if (target === undefined) {
  throw new Error("Cannot write the runs: name a file, as in iris.db");
}
const folder = mkdtempSync(join(tmpdir(), "golden-"));
try {
  checkOut(folder);
  const path = record(folder);
  mask(path, [
    [join(folder, "iris"), "/home/me/iris"],
    [folder, "/home/me/ato"],
    [hostname(), "laptop"],
  ]);
  cpSync(path, resolve(target));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const isSame = summaryOf(resolve(target)) === summaryOf(join(ROOT, STORED));
console.log(
  isSame
    ? `${target} has the runs of ${STORED}`
    : `${target} differs from ${STORED} in more than times and ids`,
);
process.exitCode = isSame ? 0 : 1;

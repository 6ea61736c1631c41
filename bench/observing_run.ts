/** What `ato run` costs beside the bare program: in Python, Deno and Node, for a short and a longer program. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { median, type Row, time, timeRow } from "./_report.ts";

const ROUNDS = 5;
/** Milliseconds that a run may take more: starting Ato, and recording the run. */
const BUDGET = 400;
/** Milliseconds that observing may take of that. */
const OBSERVING = 100;

/** A program that reads a file and a variable, and then works for a while. */
interface Program {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly command: readonly string[];
}

const JAVASCRIPT = `import { readFileSync } from "node:fs";
import process from "node:process";
readFileSync(new URL("data.txt", import.meta.url));
process.env.SCALE;
const end = Date.now() + Number(process.argv[2]);
let sum = 0;
while (Date.now() < end) for (let i = 0; i < 1e5; i++) sum += Math.sqrt(i);
console.log("loss=" + (sum > 0 ? 1 : 0));
`;

const PYTHON = `import os, sys, time
open(os.path.join(os.path.dirname(__file__), "data.txt")).read()
os.environ.get("SCALE")
end = time.time() + int(sys.argv[1]) / 1000
while time.time() < end:
    sum(i * i for i in range(10000))
print("loss=1")
`;

/** Measures the runs of each program that can be started here. */
export function benchObservingRun(folder: string): Row[] {
  const place = join(folder, "observed");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "data.txt"), "1\n");
  writeFileSync(join(place, "package.json"), '{"type":"module"}');
  const programs: Program[] = [
    { name: "Python", file: "a.py", text: PYTHON, command: ["python3"] },
    {
      name: "Deno",
      file: "a.ts",
      text: JAVASCRIPT,
      command: [process.execPath, "run", "-A", "--no-config"],
    },
    { name: "Node", file: "a.mjs", text: JAVASCRIPT, command: ["node"] },
  ];
  return programs.filter(({ command }) =>
    spawnSync(command[0]!, ["--version"]).status === 0
  ).flatMap((program) => [
    ...rowsOf(program, place, 0),
    ...rowsOf(program, place, 2_000),
  ]);
}

function rowsOf(program: Program, folder: string, work: number): Row[] {
  const { name, file, text, command } = program;
  writeFileSync(join(folder, file), text);
  const bare = [...command, join(folder, file), String(work)];
  const cli = fileURLToPath(new URL("../cli.ts", import.meta.url));
  const config = process.env["ATO_DENO_CONFIG"] ??
    fileURLToPath(new URL("../deno.npm.json", import.meta.url));
  const ato = [
    ...[process.execPath, "run", "-A", "--no-check", "--config", config, cli],
    ...["run", "--db", join(folder, "runs.db")],
  ];
  const ways = [
    bare,
    [...ato, "--no-observe", "--", ...bare],
    [...ato, "--", ...bare],
  ];
  const times: number[][] = ways.map(() => []);
  for (const words of ways) start(words);
  for (let round = 0; round < ROUNDS; round++) {
    ways.forEach((words, way) => times[way]!.push(time(() => start(words))));
  }
  const [alone = 0, unobserved = 0, observed = 0] = times.map(median);
  const what = `${name}, ${work === 0 ? "short" : `${work / 1000} s`}`;
  return [
    over(`ato run, ${what}`, [alone, observed], BUDGET),
    over(`observing, ${what}`, [unobserved, observed], OBSERVING),
  ];
}

function over(
  what: string,
  [base, ours]: readonly [number, number],
  budget: number,
): Row {
  const row = timeRow(what, Math.max(0, ours - base), budget);
  return { ...row, figure: `${row.figure} more than ${base.toFixed(0)} ms` };
}

function start(words: readonly string[]): void {
  const [program = "", ...rest] = words;
  const { status, stderr } = spawnSync(program, rest, { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot measure ${program}: ${stderr}`);
}

/**
 * What observing costs a program: in pairs with the bare program, in Deno and in Node. Everything is
 * measured in processor time, which does not depend on what else the machine does.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { javascriptLaunch } from "../observe/mod.ts";
import { nodeBinary } from "../tools/node_runtime.ts";
import { median, ratioRow, type Row, timeRow } from "./_report.ts";

const STARTS = 15;
const PAIRS = 5;

/** Prints the processor time of its process in milliseconds. */
const USED = `
const { user, system } = (globalThis.Deno ?? process).cpuUsage();
console.log((user + system) / 1000);
`;

/** A program that computes for a while, and reads 200 files in each of its rounds. */
const TRAINING =
  `import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
mkdirSync("many", { recursive: true });
for (let i = 0; i < 200; i++) writeFileSync("many/" + i, "1,2,3\\n".repeat(200));
// A function is compiled in the same way each time; how fast a loop of the module itself becomes differs by a tenth.
function compute(weights) {
  for (let k = 0; k < 1e6; k++) weights[k % 1000] += k * 1e-9;
}
const weights = new Float64Array(1000);
let length = 0;
for (let round = 0; round < 40; round++) {
  for (let i = 0; i < 200; i++) length += readFileSync("many/" + i).length;
  for (let i = 0; i < 30; i++) compute(weights);
}
`;

/** Loops of one call, each timed by the program itself. */
const LOOPS = `import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
writeFileSync("small.txt", "small");
const loops = {
  "100,000 reads of one file": [1e5, () => readFileSync("small.txt")],
  "1,000,000 times process.env": [1e6, () => process.env.HOME],
};
if (globalThis.Deno) {
  loops["100,000 times Deno.readFileSync"] = [1e5, () => Deno.readFileSync("small.txt")];
  loops["1,000,000 times Deno.env.get"] = [1e6, () => Deno.env.get("HOME")];
}
const used = () => {
  const { user, system } = (globalThis.Deno ?? process).cpuUsage();
  return (user + system) / 1000;
};
const times = {};
for (const [name, [count, call]] of Object.entries(loops)) {
  for (let i = 0; i < 1000; i++) call();
  const start = used();
  for (let i = 0; i < count; i++) call();
  times[name] = used() - start;
}
console.log(JSON.stringify(times));
`;

/** A runtime, with and without its observer. */
interface Pair {
  readonly name: string;
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Measures what observing costs.
 *
 * @param folder A folder for files.
 */
export async function benchObserving(folder: string): Promise<Row[]> {
  const cwd = join(folder, "observed");
  const launch = javascriptLaunch(cwd, process.env, []);
  mkdirSync(join(cwd, "observations"), { recursive: true });
  for (const { path, text, mode } of launch.files) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text, { mode });
  }
  const scripts = {
    "empty.mjs": USED,
    "training.mjs": TRAINING + USED,
    "loops.mjs": LOOPS,
  };
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(cwd, name), text);
  }
  const { env } = launch;
  const deno = {
    name: "Deno",
    words: [process.execPath, "run", "-A"],
    cwd,
    env,
  };
  const node = { name: "Node 24", words: [await nodeBinary("24")], cwd, env };
  return [deno, node].flatMap((pair) => {
    const [start, more] = startRow(pair);
    return [start, trainingRow(pair, more), ...loopRows(pair)];
  });
}

/** Runs a script of the pair; returns what it printed. */
function run(pair: Pair, script: string, isObserved: boolean): string {
  const [program = "", ...words] = pair.words;
  const { status, stdout, stderr } = spawnSync(program, [...words, script], {
    cwd: pair.cwd,
    encoding: "utf8",
    env: isObserved ? { ...process.env, ...pair.env } : process.env,
  });
  if (status === 0) return stdout;
  throw new Error(`Cannot measure ${script} in ${pair.name}: ${stderr}`);
}

/** The processor times of the bare and of the observed program, in turns. */
function times(
  pair: Pair,
  script: string,
  rounds: number,
): readonly [bare: number[], observed: number[]] {
  run(pair, script, true);
  const bare: number[] = [], observed: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(Number(run(pair, script, false)));
    observed.push(Number(run(pair, script, true)));
  }
  return [bare, observed];
}

/** Returns the row of the start, and the milliseconds that it takes more. */
function startRow(pair: Pair): readonly [Row, number] {
  const [bare, observed] = times(pair, "empty.mjs", STARTS);
  const more = median(observed) - median(bare);
  const row = timeRow(`observed: starting ${pair.name}`, more, 50);
  const figure = `${row.figure} more than ${median(bare).toFixed(0)} ms`;
  return [{ ...row, figure }, more];
}

function trainingRow(pair: Pair, more: number): Row {
  const [bare, observed] = times(pair, "training.mjs", PAIRS);
  const what =
    `observed: a program of some seconds in ${pair.name}, after its start`;
  return ratioRow(what, median(observed) - more, median(bare), "bare", 1.02);
}

function loopRows(pair: Pair): Row[] {
  const loops = (isObserved: boolean): Record<string, number> =>
    JSON.parse(run(pair, "loops.mjs", isObserved));
  const bare: Record<string, number>[] = [], observed: typeof bare = [];
  for (let round = 0; round < PAIRS; round++) {
    bare.push(loops(false));
    observed.push(loops(true));
  }
  return Object.keys(bare[0] ?? {}).map((name) => {
    const of = (all: typeof bare) => median(all.map((one) => one[name] ?? 0));
    const what = `observed: ${name} in ${pair.name}`;
    // Nothing else happens in these loops; a call takes less than a microsecond more.
    return ratioRow(what, of(observed), of(bare), "bare", 1.75);
  });
}

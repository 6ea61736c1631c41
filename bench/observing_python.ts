/**
 * What observing costs a Python program: whole processes, in turns with the bare program. The time is that of the
 * processor, which other programs on the machine change less.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { pythonLaunch } from "../observe/mod.ts";
import { keepCompiled } from "../observe/python/compiled.ts";
import { median, ratioRow, type Row, timeRow } from "./_report.ts";

/** A few seconds of what a training does: reads data once, then computes, and reads a variable and a file a step. */
const TRAINING = `
import argparse, os, random, csv
parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=700)
steps = parser.parse_args().steps
random.seed(1)
rows = list(csv.reader(open("data.csv")))
weights = [random.random() for _ in range(20000)]
for step in range(steps):
    scale = float(os.environ.get("SCALE", "1"))
    weights = [w - 0.01 * (w * scale - 0.5) for w in weights]
    loss = sum(w * w for w in weights)
    if step % 50 == 0:
        open("log.txt", "a").write(f"{step} {loss}\\n")
`;
const OPENS =
  "for i in range(100000):\n    with open('data.csv') as file: file.read(1)\n";
const VARIABLES =
  "import os\nfor i in range(1000000): os.environ.get('HOME')\n";

/** Some 60,000 audit events, nearly all of which say nothing about what is read. */
const LARGE_IMPORTS = "import pandas, sklearn.linear_model, sklearn.ensemble\n";

/** The Python that is measured, or none. */
function findPython(): string | undefined {
  const path = process.env["ATO_PYTHON"] ?? "python3";
  const test = "import sys; sys.exit(sys.version_info < (3, 8))";
  return succeeds(path, test) ? path : undefined;
}

function succeeds(python: string, source: string): boolean {
  return spawnSync(python, ["-c", source]).status === 0;
}

/** Measures a start, imports, a training, and two loops that do nothing else than what is observed. */
export function benchObservingPython(folder: string): Row[] {
  const python = findPython();
  if (python === undefined) {
    console.log("python: skipped, there is no Python 3.8 or newer");
    return [];
  }
  const place = join(folder, "python-program");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "data.csv"), "1,2,3\n".repeat(1000));
  const pair = (source: string, rounds: number) =>
    measurePairs(python, { source, place, rounds });
  const start = pair("pass", 15);
  const [training, opens, variables] = [TRAINING, OPENS, VARIABLES]
    .map((source) => pair(source, 3)) as [Pair, Pair, Pair];
  return [
    moreRow("python: start, observed", start, 50),
    moreRow(
      "python: a training of some seconds, observed",
      training,
      50 + 0.02 * training.bare,
    ),
    ratioOf("python: 1e5 opens of one file, observed", opens, 1.15),
    ratioOf("python: 1e6 os.environ.get, observed", variables, 1.5),
    ...largeImports(place, python),
  ];
}

/** Measures imports of pandas and scikit-learn, with the Python that has them: that of the tests, or else any. */
function largeImports(place: string, other: string): Row[] {
  const python = process.env["ATO_OBSERVED_PYTHON"] ?? other;
  const what = "python: imports of pandas and scikit-learn, observed";
  if (!succeeds(python, LARGE_IMPORTS)) {
    console.log(`${what}: skipped, ${python} does not have both`);
    return [];
  }
  const pair = measurePairs(python, {
    source: LARGE_IMPORTS,
    place,
    rounds: 15,
  });
  return [moreRow(what, pair, 50 + 0.02 * pair.bare)];
}

/** Milliseconds of the bare program, and what the observed one takes more; medians. */
interface Pair {
  readonly bare: number;
  readonly more: number;
}

function moreRow(what: string, { bare, more }: Pair, most: number): Row {
  const row = timeRow(what, more, Math.round(most));
  return { ...row, figure: `${row.figure} more than ${bare.toFixed(0)} ms` };
}

function ratioOf(what: string, { bare, more }: Pair, most: number): Row {
  return ratioRow(what, bare + more, bare, "the bare program", most);
}

function measurePairs(
  python: string,
  { source, place, rounds }: { source: string; place: string; rounds: number },
): Pair {
  const bare: number[] = [], differences: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const one = runPython(python, source, { place, env: {} });
    const launch = join(place, "launch");
    const { files, env } = pythonLaunch(launch, process.env);
    writeFiles(launch, files);
    const other = runPython(python, source, { place, env });
    rmSync(launch, { recursive: true });
    bare.push(one);
    differences.push(other - one);
  }
  return { bare: median(bare), more: Math.max(0, median(differences)) };
}

function writeFiles(launch: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(join(launch, "observations"), { recursive: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  keepCompiled(join(launch, "python"), files.values());
}

/** Starts a program and prints the seconds of processor time that it took, from its start to its end. */
const STARTER = `
import os, sys
pid = os.posix_spawn(sys.executable, [sys.executable, "-c", sys.argv[1]], os.environ)
_, status, used = os.wait4(pid, 0)
print(used.ru_utime + used.ru_stime)
sys.exit(status != 0)
`;

/** Runs a program and returns the milliseconds of processor time that it took. */
function runPython(
  python: string,
  source: string,
  { place, env }: { place: string; env: Readonly<Record<string, string>> },
): number {
  // With -E the starter itself is not observed.
  const words = ["-E", "-c", STARTER, source];
  const { status, stdout, stderr } = spawnSync(python, words, {
    cwd: place,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`Cannot measure ${python}: ${stderr}`);
  return Number(stdout) * 1000;
}

/**
 * The story of a search on real data, by real processes as a user starts them: two threads, Ctrl-C, `kill -9`, resumed
 * to the end, looked at, and its best config applied to another script.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { readStudy, type StudyView } from "@ato/ato/hyperopt";
import { SQLFinder } from "@ato/ato/tracker";

/** The number of trials of `examples/search_threads.ts`. */
const TRIALS = 27;

/** Where the story takes place. */
export interface Stage {
  /** A folder with the examples. */
  readonly folder: string;
  /** The command that runs a script of the folder. */
  readonly script: (name: string) => readonly string[];
  /** The command `ato`. */
  readonly ato: readonly string[];
  /** Variables to add to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A process and what it wrote. */
interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; signal?: string }>;
  readonly said: { out: string; err: string };
}

/** Plays the whole story; it fails where something is not as a user expects it. */
export async function playSearchStory(stage: Stage): Promise<void> {
  await interrupted(stage);
  await killed(stage);
  await resumedToTheEnd(stage);
  await oneRunEach(stage);
  await lookedAt(stage);
  await exported(stage);
  await applied(stage);
}

/** Starts a command in a process group of its own, as a shell does. */
function start({ folder, env }: Stage, words: readonly string[]): Started {
  const [program, ...args] = words;
  const child = spawn(program!, args, {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      NO_COLOR: "1",
      // Where the user's own key is: what is recorded with it can be resumed without a question.
      XDG_STATE_HOME: join(folder, "state"),
      ...env,
    },
  });
  const said = { out: "", err: "" };
  child.stdout!.setEncoding("utf8").on("data", (text) => said.out += text);
  child.stderr!.setEncoding("utf8").on("data", (text) => said.err += text);
  const ended = new Promise<{ code: number | null; signal?: string }>(
    (done, fail) => {
      child.once("error", fail);
      child.once(
        "close",
        (code, signal) => done({ code, ...(signal !== null && { signal }) }),
      );
    },
  );
  return { child, ended, said };
}

/** Runs a command that must succeed, and returns what it printed. */
async function run(stage: Stage, ...words: string[]): Promise<string> {
  const { ended, said } = start(stage, words);
  const { code } = await ended;
  assertEquals(code, 0, `${words.join(" ")}\n${said.out}\n${said.err}`);
  return said.out;
}

/** Runs `ato search` with the words. */
function search(stage: Stage, ...words: string[]): Promise<string> {
  return run(stage, ...stage.ato, "search", ...words, "--db", "iris.db");
}

function studyOf({ folder }: Stage): Promise<StudyView<unknown>> {
  return readStudy<unknown>(join(folder, "iris.db"), "iris");
}

function resultsOf({ trials }: StudyView<unknown>): number {
  return trials.reduce((sum, { results }) => sum + results.length, 0);
}

/** Waits until the search has so many results, while a trial runs; then sends a signal to its process group. */
async function signalAt(
  stage: Stage,
  { child, ended, said }: Started,
  { results, signal }: {
    readonly results: number;
    readonly signal: NodeJS.Signals;
  },
): Promise<{ readonly code: number | null; signal?: string }> {
  let over = false;
  void ended.then(() => over = true);
  for (;;) {
    assert(!over, `it ended early\n${said.out}\n${said.err}`);
    const study = existsSync(join(stage.folder, "iris.db"))
      ? await studyOf(stage).catch(() => undefined)
      : undefined;
    const isRunning = study?.trials.some(({ status }) => status === "running");
    if (isRunning && resultsOf(study!) >= results) break;
    await pause(20);
  }
  process.kill(-child.pid!, signal);
  return await ended;
}

async function interrupted(stage: Stage): Promise<void> {
  const begun = start(stage, stage.script("search_threads.ts"));
  const end = await signalAt(stage, begun, { results: 2, signal: "SIGINT" });
  const { out, err } = begun.said;
  assertEquals(end, { code: null, signal: "SIGINT" }, err);
  assertMatch(err, /^ato: Ending search iris: \d trials? running/m);
  assertMatch(
    err,
    /^ato: Search iris was ended with a result for \d+ of \d+ trials; the best is trial .*; to resume it, .* ato search resume iris --db iris\.db$/m,
  );
  const study = await studyOf(stage);
  assertEquals(study.state, "stopped");
  assert(study.trials.some(({ status }) => status === "released"));
  // Each trial that ran has ended in order, in its `finally`: once for each time that it was started.
  const ends = [...out.matchAll(/^trial (\d+): \d+ of \d+ epochs/gm)];
  for (const { trial, attempts } of study.trials) {
    const own = ends.filter(([, number]) => Number(number) === trial);
    assertEquals(own.length, attempts, `trial ${trial}\n${out}`);
  }
}

/** As when the machine is switched off: `ato` and the search that it started end without a word. */
async function killed(stage: Stage): Promise<void> {
  const before = resultsOf(await studyOf(stage));
  const resumed = start(stage, resumeOf(stage));
  const end = await signalAt(stage, resumed, {
    results: before + 3,
    signal: "SIGKILL",
  });
  assertEquals(end, { code: null, signal: "SIGKILL" });
  assertMatch(resumed.said.err, /^ato: cd .* && .*search_threads\.ts'?$/m);
  await untilDead(stage);
  const shown = await search(stage, "list");
  assertMatch(shown, /^iris +interrupted /m);
}

/** The parent can be gone before its child is. */
async function untilDead(stage: Stage): Promise<void> {
  while ((await studyOf(stage)).state === "running") await pause(20);
}

function resumeOf({ ato }: Stage): string[] {
  return [...ato, "search", "resume", "iris", "--db", "iris.db"];
}

async function resumedToTheEnd(stage: Stage): Promise<void> {
  const told = await run(stage, ...resumeOf(stage));
  const { best, state } = await studyOf(stage);
  assertEquals(state, "done");
  assertMatch(
    told,
    new RegExp(`^best +trial ${best!.trial.trial}, loss \\d`, "m"),
  );
  assertMatch(told, /^train +start train_iris\.ts with 'lr=/m);
}

/** The journal is complete, and each trial is one run, however often it was started. */
async function oneRunEach(stage: Stage): Promise<void> {
  const { trials, rungs, sessions } = await studyOf(stage);
  assertEquals(sessions, 3);
  assertEquals(
    trials.map(({ trial }) => trial),
    Array.from({ length: TRIALS }, (_, i) => i),
  );
  assertEquals(
    new Set(trials.map(({ status }) => status)),
    new Set(["completed"]),
  );
  for (const { entered, ended } of rungs) assertEquals(ended, entered);
  assert(trials.some(({ attempts, results }) => attempts > results.length));
  const finder = new SQLFinder(join(stage.folder, "iris.db"));
  try {
    const runs = (await finder.getRunsInProject("iris")).filter(({ tags }) =>
      tags.includes("search:iris")
    );
    assertEquals(
      runs.map(({ status }) => status),
      Array(TRIALS).fill("completed"),
    );
    assertEquals(
      new Set(runs.map(({ uuid }) => uuid)),
      new Set(trials.flatMap((one) => one.runs)),
    );
    for (const { runs } of trials) assertEquals(runs.length, 1);
  } finally {
    await finder.close();
  }
}

async function lookedAt(stage: Stage): Promise<void> {
  const { best } = await studyOf(stage);
  const { trial: { trial } } = best!;
  assertMatch(await search(stage, "list"), /^iris +done +27 /m);
  const shown = await search(stage, "show", "iris");
  assertStringIncludes(shown, "iris  done, 27 trials in 3 sessions");
  assertMatch(shown, new RegExp(`^best +trial ${trial}: loss `, "m"));
  const drawn = await search(stage, "plot", "iris");
  for (const title of ["best so far", "parallel coordinates", "rungs"]) {
    assertStringIncludes(drawn, title);
  }
  await search(stage, "plot", "iris", "--svg", "search.svg");
  const svg = readFileSync(join(stage.folder, "search.svg"), "utf8");
  assert(svg.startsWith("<svg ") && svg.endsWith("</svg>\n"));
  // All trials have a result after 3 epochs, and there the learning rate decides.
  assertMatch(
    await search(stage, "importance", "iris"),
    /over 27 trials at fidelity 3\nlr +.*\n/,
  );
}

async function exported(stage: Stage): Promise<void> {
  const { best } = await studyOf(stage);
  const file = (name: string) => join(stage.folder, name);
  for (
    const [format, name] of [["csv", "t.csv"], ["json", "t.json"], [
      "optuna",
      "t.db",
    ]]
  ) {
    await search(stage, "export", "iris", "--format", format!, "--out", name!);
  }
  const lines = readFileSync(file("t.csv"), "utf8").trim().split("\n");
  assertEquals(lines.length, TRIALS + 1);
  assertMatch(lines[1]!, new RegExp(`^${best!.trial.trial},completed,`));
  const { trials } = JSON.parse(readFileSync(file("t.json"), "utf8"));
  assertEquals(trials.length, TRIALS);
  assertEquals(trials[0].config, best!.trial.config);
  assert(existsSync(file("t.db")));
}

/** `train_iris.ts $(ato search words iris --db iris.db)`, as a shell splits it. */
async function applied(stage: Stage): Promise<void> {
  const { best } = await studyOf(stage);
  const words = (await search(stage, "words", "iris")).trim().split(/\s+/);
  const train = [...stage.script("train_iris.ts"), "epochs=5", ...words];
  const told = await run(stage, ...train);
  const id = Number(/^run (\d+) /m.exec(told)?.[1]);
  const finder = new SQLFinder(join(stage.folder, "iris.db"));
  try {
    const trained = await finder.findRun(id);
    const { lr, model } = trained!.config as Record<string, unknown>;
    assertEquals(
      { lr, model: { hidden: (model as { hidden: unknown }).hidden } },
      best!.trial.config as Record<string, unknown>,
    );
    assertEquals(trained!.tags, ["example"]);
  } finally {
    await finder.close();
  }
}

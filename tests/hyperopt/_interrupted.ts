/**
 * A search that waits for a signal. `ATO_TEST_MODE` says what its objective does, `ATO_TEST_FOLDER` where it is:
 * arguments do not reach threads in every runtime.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import {
  fullFidelity,
  type Job,
  openStudy,
  randomSampler,
  runStudy,
  sqliteJournal,
  type StudyOptions,
  type TrialContext,
} from "@ato/ato/hyperopt";
import type { TrackerConfig } from "@ato/ato/tracker";
import { isMainThread } from "node:worker_threads";
import { SPACE, type XConfig } from "./_studies.ts";

const { ATO_TEST_MODE: mode = "", ATO_TEST_FOLDER: folder = "." } = process.env;

/** The options of the study; the tests resume it. */
export async function optionsIn(
  path: string,
): Promise<StudyOptions<XConfig>> {
  return {
    id: "interrupted",
    space: SPACE,
    sampler: randomSampler(SPACE),
    scheduler: fullFidelity({ trials: 4, fidelity: 1000 }),
    metric: "loss",
    mode: "min",
    retries: 0,
    losses: 0,
    journal: await sqliteJournal({
      dbPath: join(path, "runs.db"),
      studyId: "interrupted",
    }),
  };
}

/** The project of the trials' runs. */
export function trackerIn(path: string): TrackerConfig {
  const dbPath = join(path, "runs.db");
  return { experiment: { projectName: "demo", sql: { dbPath } } };
}

/**
 * Says that SIGINT is listened for: that begins once the event loop has turned, by a timer that ends before this one
 * however slow the machine is.
 */
async function sayListening(trial: number): Promise<void> {
  await pause(300);
  console.log(`listening ${trial}`);
}

/** Ends when it is asked to, and cleans up. */
export async function objective(
  { trial, to }: Job<XConfig>,
  context: TrialContext,
): Promise<number> {
  const { signal } = context;
  if (mode.startsWith("deaf")) {
    signal.addEventListener("abort", () => console.log(`asked ${trial}`));
    console.log(`running ${trial}`);
    void sayListening(trial);
    for (;;) await pause(50);
  }
  let reason = "";
  try {
    console.log(`running ${trial}`);
    if (mode === "epochs") await trainInOneTurn(to, context);
    else void sayListening(trial);
    await pause(600_000, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    reason = (signal.reason as Error).name;
  } finally {
    await pause(50);
    writeFileSync(join(folder, `ended-${trial}`), reason);
  }
  return 0;
}

/**
 * Computes and reports, and lets the event loop turn only in reports. It interrupts itself once SIGINT is listened for:
 * on a machine that stands still for a second, it is not for a moment, and a signal from outside could come just then.
 */
async function trainInOneTurn(
  to: number,
  { report, signal }: TrialContext,
): Promise<void> {
  let next = 1;
  for (let step = 1;; step++) {
    if (step >= next && process.listenerCount("SIGINT") > 0) {
      next = step + 1_000;
      process.kill(process.pid, "SIGINT");
    }
    const until = performance.now() + 5;
    while (performance.now() < until);
    // It never reaches its end.
    const fidelity = Math.min(step, to - 1);
    if (await report({ loss: 1 }, fidelity) === "stop") break;
  }
  signal.throwIfAborted();
}

if (mode !== "" && isMainThread) await search();

async function search(): Promise<void> {
  const study = openStudy(await optionsIn(folder));
  if (mode === "own") {
    process.on("SIGINT", () => {
      console.log("own handler");
      process.exit(7);
    });
  }
  const work = mode === "busy"
    ? () => {
      writeFileSync(1, "running 0\n");
      for (;;);
    }
    : mode.endsWith("threads")
    ? new URL(import.meta.url)
    : objective;
  const grace = mode === "deaf, threads" ? 0.5 : 600;
  await runStudy(study, work, {
    workers: 2,
    grace,
    ...(mode !== "epochs" && { tracker: trackerIn(folder) }),
  });
  console.log("over");
}

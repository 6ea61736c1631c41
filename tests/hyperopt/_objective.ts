/** Objectives that threads run; the config of each trial says what happens to it. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import type { Job, TrialContext } from "@ato/ato/hyperopt";

/** The fates of trials. */
export interface FateConfig {
  x: number;
  fate: "works" | "throws" | "exits" | "hangs" | "rejects" | "lies" | "reports";
}

/** Does what the config says. */
export async function objective(
  { config, from, to, checkpoint }: Job<FateConfig>,
  trial: TrialContext,
): Promise<number | { metrics: Record<string, number> }> {
  const { x, fate } = config;
  if (fate === "throws") throw new RangeError(`x is ${x}`);
  if (fate === "exits") process.exit(3);
  if (fate === "hangs") hang(x);
  if (fate === "rejects") {
    Promise.reject(new Error("nobody waits for this"));
    await new Promise((done) => setTimeout(done, 5_000));
  }
  if (fate === "lies") return "no number" as never;
  if (fate === "reports") {
    for (let step = from + 1; step <= to; step++) {
      if (await trial.report({ loss: x / step }, step) === "stop") {
        return x / step;
      }
    }
  }
  void checkpoint;
  return x / to;
}

/**
 * The file that keeps a thread computing. Deno does not end a thread that computes, so without it the thread would
 * take a core from all tests that run later in this process.
 */
export const COMPUTING: string = join(tmpdir(), `ato-computing-${process.pid}`);

/** The file by which a thread says that it hangs. */
export function hangingFile(x: number): string {
  return join(tmpdir(), `ato-hanging-${process.pid}-${x}`);
}

/**
 * One thread computes without an end of its own, the other waits for what does not come and costs no time of the
 * processor.
 */
function hang(x: number): void {
  writeFileSync(hangingFile(x), "");
  while (x < 2 && existsSync(COMPUTING)) {
    for (let i = 0; i < 1e7; i++);
  }
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** A channel on which the threads of one process announce themselves. */
export const MEETING: string = join(tmpdir(), `ato-threads-${process.pid}`);

/** Returns its thread, once three threads have a trial: one quick thread must not run all trials. */
export async function whichThread(): Promise<
  { metrics: Record<string, number> }
> {
  const { threadId } = await import("node:worker_threads");
  mkdirSync(MEETING, { recursive: true });
  writeFileSync(join(MEETING, `${threadId}`), "");
  while (readdirSync(MEETING).length < 3) {
    await new Promise((done) => setTimeout(done, 20));
  }
  return { metrics: { loss: threadId } };
}

/** Waits until it is asked to end, and then takes a while to clean up; its config says whether it listens. */
export async function cleans(
  { config, trial, attempt }: Job<FateConfig>,
  { signal }: TrialContext,
): Promise<number> {
  if (attempt > 0 || config.fate === "works") return config.x;
  if (config.fate === "hangs") {
    await new Promise(() => {});
  }
  const { threadId } = await import("node:worker_threads");
  try {
    writeFileSync(join(CLEANED, `began-${trial}`), "");
    await pause(600_000, undefined, { signal });
  } finally {
    await pause(50);
    const { name, message } = signal.reason as Error;
    const text = `${threadId}: ${name}: ${message}`;
    writeFileSync(join(CLEANED, `cleaned-${trial}`), text);
  }
  return -1;
}

/** The folder in which {@linkcode cleans} says what it did. */
export const CLEANED: string = join(tmpdir(), `ato-cleaned-${process.pid}`);

/** Not a function. */
export const nothing = 5;

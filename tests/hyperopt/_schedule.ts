import { assert, assertEquals } from "@std/assert";
import type { Decision, SchedulePlan, Scheduler } from "../../hyperopt/mod.ts";

/** A job of a scheduler, and its end. */
export interface Ran {
  readonly trial: number;
  readonly bracket: number;
  readonly rung: number;
  readonly from: number;
  readonly to: number;
  /** The number of jobs that had ended when it began. */
  readonly began: number;
  /** The number of jobs that ended before it. */
  order: number;
  loss: number | undefined;
}

/** Options for {@linkcode drive}. */
export interface DriveOptions {
  readonly workers: number;
  /** Returns the loss of a trial at a rung; `undefined` if it fails. */
  readonly loss: (trial: number, rung: number) => number | undefined;
  /** Chooses the running job that ends next. @default {the oldest} */
  readonly pick?: (running: number) => number;
  /** Whether a free worker lets another job end before it asks. @default {it does not} */
  readonly isIdle?: () => boolean;
  /** Ends the search after this number of jobs. */
  readonly limit?: number;
  /** Gets each decision before it is carried out, with the jobs so far; running jobs have no order. */
  readonly decided?: (decision: Decision, jobs: readonly Ran[]) => void;
}

/** Runs a scheduler to its end; returns the jobs in the order in which they ended. */
export function drive(scheduler: Scheduler, options: DriveOptions): Ran[] {
  const {
    workers,
    loss,
    pick = () => 0,
    isIdle = () => false,
    limit = 20_000,
  } = options;
  const running: Ran[] = [];
  const ended: Ran[] = [];
  let trials = 0;
  let begun = 0;
  for (;;) {
    const decision = scheduler.next();
    assertEquals(scheduler.next(), decision);
    const isBusy = running.length >= workers || begun >= limit ||
      (running.length > 0 && isIdle());
    if (decision.kind !== "wait" && decision.kind !== "done" && !isBusy) {
      options.decided?.(decision, [...ended, ...running]);
      const trial = decision.kind === "start" ? trials++ : decision.trial;
      const from = decision.kind === "start" ? 0 : decision.from;
      const { bracket, rung, to } = decision;
      scheduler.started(trial, bracket, rung);
      const began = ended.length;
      const job = { trial, bracket, rung, from, to, began, order: NaN };
      running.push({ ...job, loss: undefined });
      begun++;
      continue;
    }
    if (decision.kind === "done") assertEquals(running.length, 0);
    if (running.length === 0) {
      assert(decision.kind !== "wait", "waits although nothing runs");
      return ended;
    }
    const job = running.splice(pick(running.length), 1)[0]!;
    job.loss = loss(job.trial, job.rung);
    job.order = ended.length;
    ended.push(job);
    scheduler.ended(job.trial, job.rung, job.loss);
  }
}

/** Prints brackets as `81@1 27@3`. */
export function printed({ brackets }: SchedulePlan): string[] {
  return brackets.map((rungs) =>
    rungs.map(({ trials, fidelity }) => `${trials}@${fidelity}`).join(" ")
  );
}

/** Prints the jobs that ran, in the form of {@linkcode printed}. */
export function ranBrackets(jobs: readonly Ran[]): string[] {
  const counts: Map<number, number>[] = [];
  for (const { bracket, to } of jobs) {
    const rungs = counts[bracket] ??= new Map();
    rungs.set(to, (rungs.get(to) ?? 0) + 1);
  }
  return counts.map((rungs) =>
    [...rungs].sort(([a], [b]) => a - b).map(([to, count]) => `${count}@${to}`)
      .join(" ")
  );
}

/** Sorts trials as the schedulers must: by loss, failed ones last, equal ones by number. */
export function sorted(jobs: readonly Ran[]): Ran[] {
  return [...jobs].sort((one, other) => {
    const [a, b] = [one.loss ?? Infinity, other.loss ?? Infinity];
    if (one.loss === undefined || other.loss === undefined) {
      return Number(one.loss === undefined) - Number(other.loss === undefined);
    }
    return a < b ? -1 : a > b ? 1 : one.trial - other.trial;
  });
}

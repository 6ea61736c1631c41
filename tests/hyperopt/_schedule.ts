import { assert, assertEquals } from "@std/assert";
import type { Decision, SchedulePlan, Scheduler } from "../../hyperopt/mod.ts";

/** A job that a scheduler wanted, and what became of it. */
export interface Ran {
  readonly trial: number;
  readonly bracket: number;
  readonly rung: number;
  readonly from: number;
  readonly to: number;
  /** How many jobs had ended when it began. */
  readonly began: number;
  /** How many jobs had ended before it. */
  order: number;
  loss: number | undefined;
}

/** How {@linkcode drive} runs a scheduler. */
export interface DriveOptions {
  readonly workers: number;
  /** The loss of a trial at a rung; `undefined` where it fails. */
  readonly loss: (trial: number, rung: number) => number | undefined;
  /** Which of so many running jobs ends next; the oldest unless told. */
  readonly pick?: (running: number) => number;
  /** Whether a free worker lets another job end before it asks; it does not unless told. */
  readonly isIdle?: () => boolean;
  /** Ends the search when so many jobs were begun. */
  readonly limit?: number;
  /** Gets each decision before it is carried out, with the jobs so far; running ones have no order. */
  readonly decided?: (decision: Decision, jobs: readonly Ran[]) => void;
}

/** Runs a scheduler to its end; gives the jobs in the order in which they ended. */
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

/** Brackets as `81@1 27@3`. */
export function printed({ brackets }: SchedulePlan): string[] {
  return brackets.map((rungs) =>
    rungs.map(({ trials, fidelity }) => `${trials}@${fidelity}`).join(" ")
  );
}

/** What was run, in the form of {@linkcode printed}. */
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

/** Trials sorted as the schedulers must: by loss, failed ones last, equal ones by number. */
export function sorted(jobs: readonly Ran[]): Ran[] {
  return [...jobs].sort((one, other) => {
    const [a, b] = [one.loss ?? Infinity, other.loss ?? Infinity];
    if (one.loss === undefined || other.loss === undefined) {
      return Number(one.loss === undefined) - Number(other.loss === undefined);
    }
    return a < b ? -1 : a > b ? 1 : one.trial - other.trial;
  });
}

/** The state of a study: a fold over the events of its journal. */
import type {
  AbsentEvent,
  DroppedEvent,
  EndedEvent,
  EnqueuedEvent,
  FailedEvent,
  OpenedEvent,
  ReleasedEvent,
  ReportedEvent,
  ReusedEvent,
  StartedEvent,
  StudyEvent,
} from "./events.ts";
import {
  attemptOf,
  type AttemptState,
  type ResultState,
  type TrialState,
} from "./_trial_state.ts";
import { frontsOf } from "../objectives/_fronts.ts";
import type { Score } from "../objectives/_score.ts";
import { Goal } from "./_goal.ts";
import { unknownEvent } from "./_unknown_event.ts";

/** The best result so far. */
export interface BestState {
  readonly trial: TrialState;
  readonly result: ResultState;
  readonly loss: number;
  /** By how much the result violates the constraints. */
  readonly violation: number;
}

/** A result of the front. */
export type FrontState = Pick<BestState, "trial" | "result" | "violation">;

/** The state of a study. */
export class StudyState {
  /** The settings of the first session. */
  founded: OpenedEvent | undefined;
  /** The settings of the newest session. */
  opened: OpenedEvent | undefined;
  /** The trials by number; `undefined` for a trial that had no config. */
  readonly trials: (TrialState | undefined)[] = [];
  /** The trials that have a running attempt. */
  readonly running: Set<TrialState> = new Set();
  /** The trials whose last attempt is repeated, in order. */
  readonly retries: TrialState[] = [];
  /** The enqueued configs that were not tried yet, in order. */
  readonly queue: EnqueuedEvent[] = [];
  /** The identities of all configs that were ever enqueued. */
  readonly enqueued: Set<string> = new Set();
  /** The keys of the results from elsewhere that were added; see {@linkcode warmKey}. */
  readonly warmed: Set<string> = new Set();
  /** The number of trials that were started or reused. */
  started = 0;
  /** The units of fidelity that were handed out, minus those that stopped and released trials did not use. */
  fidelity = 0;
  /** The number of trials since the last new one that ran: they took an earlier result, or had no config. */
  idle = 0;
  /** Whether there is no further config. */
  exhausted = false;
  /** The best result so far; `undefined` if there are several objectives. */
  best: BestState | undefined;
  #goal: Goal | undefined;
  /** The number of sessions. */
  sessions = 0;
  /** How the newest session ended; `done` if there was no further job. */
  ending: "none" | "closed" | "done" = "none";
  /** The milliseconds of all earlier sessions. */
  #before = 0;
  #openedAt = 0;
  #lastAt = 0;

  /** Returns the milliseconds of all sessions, until now. */
  elapsed(now: number): number {
    return this.#before + Math.max(0, now - this.#openedAt);
  }

  /** The time of the last event. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Applies an event. */
  apply(event: StudyEvent): void {
    this.#take(event);
    this.#lastAt = event.at;
  }

  /** The objectives and the constraints. */
  get goal(): Goal {
    return this.#goal ??= new Goal(this.founded!);
  }

  /** Finds the results that no other one is better than; see {@linkcode Study.front}. */
  front(): FrontState[] {
    if (this.founded === undefined) return [];
    if (!this.goal.isSeveral) return this.best === undefined ? [] : [this.best];
    const last = this.#lastResults();
    const isFeasible = last.some(({ violation }) => violation === 0);
    const ranked = last.filter(({ violation }) =>
      !isFeasible || violation === 0
    );
    const top = ranked.reduce(
      (most, { result }) => Math.max(most, result.fidelity),
      -Infinity,
    );
    const reached = ranked.filter(({ result }) => result.fidelity === top);
    return (frontsOf(reached)[0] ?? []).map((index) => reached[index]!);
  }

  /** Returns the last result of each trial that has one and fits in the space. */
  #lastResults(): (FrontState & Score)[] {
    return this.trials.flatMap((trial) => {
      const result = trial?.results.at(-1);
      if (trial === undefined || result === undefined || trial.misfit) {
        return [];
      }
      const score = this.goal.scoreOf(result.metrics);
      return score === undefined ? [] : [{ trial, result, ...score }];
    });
  }

  #take(event: StudyEvent): void {
    switch (event.kind) {
      case "opened":
        return this.#open(event);
      case "started":
        return this.#start(event);
      case "reused":
        return this.#reuse(event);
      case "absent":
        return this.#skip(event);
      case "reported":
        return this.#report(event);
      case "extended":
        this.#live(event).until = event.until;
        return;
      case "completed":
      case "stopped":
        return this.#end(event);
      case "failed":
      case "lost":
        return this.#fail(event);
      case "released":
        return this.#release(event);
      case "dropped":
        return this.#drop(event);
      case "enqueued":
        this.queue.push(event);
        this.enqueued.add(event.hash);
        return;
      case "warmed":
        this.warmed.add(warmKey(event));
        return;
      case "linked":
        this.trials[event.trial]!.runs.push(event.run);
        return;
      case "exhausted":
        this.exhausted = true;
        return;
      case "closed":
        this.ending = event.done === true ? "done" : "closed";
        return;
      case "settled":
        return;
      default:
        return unknownEvent(event);
    }
  }

  #open(event: OpenedEvent): void {
    this.founded ??= event;
    this.sessions++;
    this.ending = "none";
    if (this.opened !== undefined) {
      this.#before += this.#lastAt - this.#openedAt;
    }
    // Another space or sampler may have further configs.
    if (
      event.space !== this.opened?.space ||
      event.sampler !== this.opened.sampler
    ) this.exhausted = false;
    this.opened = event;
    this.#openedAt = event.at;
  }

  #start(event: StartedEvent): void {
    const trial = this.trials[event.trial] ?? this.#add(event, undefined);
    this.#enter(trial, event.rung);
    take(this.retries, trial);
    const { rung, attempt, from, to, at, until, worker, detached } = event;
    const live: AttemptState = {
      rung,
      attempt,
      from,
      to,
      started: at,
      worker,
      detached: detached === true,
      status: "running",
      until,
      told: false,
      reached: from,
      stopping: false,
      ended: undefined,
      error: undefined,
    };
    trial.attempts.push(live);
    trial.live = live;
    trial.status = "running";
    this.running.add(trial);
    if (trial.attempts.length === 1 && trial.results.length === 0) {
      this.idle = 0;
    }
    this.fidelity += to - from;
  }

  #reuse(event: ReusedEvent): void {
    const trial = this.trials[event.trial] ?? this.#add(event, event.source);
    this.#enter(trial, event.rung);
    trial.status = "completed";
    this.idle++;
    const { rung, to: fidelity, metrics } = event;
    this.#result(trial, { rung, fidelity, metrics });
  }

  #add(
    event: StartedEvent | ReusedEvent,
    source: number | undefined,
  ): TrialState {
    const { trial, bracket, rung, config, encoded, point, hash } = event;
    const added: TrialState = {
      trial,
      bracket,
      seed: event.seed!,
      stored: { config, encoded, point: point!, hash: hash! } as TrialState[
        "stored"
      ],
      space: this.opened!.space,
      enqueued: event.enqueued === true,
      source,
      rung,
      status: "running",
      live: undefined,
      attempts: [],
      results: [],
      runs: [],
      checkpoint: undefined,
      failures: 0,
      losses: 0,
      error: undefined,
      point: undefined,
      hash: undefined,
      misfit: false,
    };
    this.trials[trial] = added;
    this.started++;
    if (added.enqueued) this.queue.shift();
    return added;
  }

  #enter(trial: TrialState, rung: number): void {
    if (trial.rung === rung) return;
    trial.rung = rung;
    trial.failures = 0;
    trial.losses = 0;
  }

  #skip(event: AbsentEvent): void {
    this.trials[event.trial] = undefined;
    this.idle++;
  }

  #report(event: ReportedEvent): void {
    const live = this.#live(event);
    live.reached = event.fidelity;
    live.until = event.until;
  }

  #drop(event: DroppedEvent): void {
    const trial = this.trials[event.trial]!;
    trial.rung = event.rung;
    trial.status = "failed";
    trial.error = event.error;
    take(this.retries, trial);
  }

  #end(event: EndedEvent): void {
    const { rung, fidelity, metrics, checkpoint } = event;
    const { trial, live } = this.#close(event);
    live.reached = fidelity;
    live.told = true;
    if (event.kind === "stopped") this.fidelity -= live.to - fidelity;
    if (checkpoint !== undefined) {
      trial.checkpoint = { at: fidelity, what: checkpoint };
    }
    trial.error = undefined;
    this.#result(trial, { rung, fidelity, metrics });
  }

  #fail(event: FailedEvent): void {
    const { trial, live } = this.#close(event);
    live.told = event.told;
    live.error = event.error;
    trial.error = event.error;
    if (event.kind === "failed") trial.failures++;
    else trial.losses++;
    if (!event.final) this.retries.push(trial);
  }

  #release(event: ReleasedEvent): void {
    const { trial, live } = this.#close(event);
    // Without a report nobody knows how far it came.
    if (live.reached > live.from) this.fidelity -= live.to - live.reached;
    this.retries.push(trial);
  }

  /** Ends the attempt that is running. */
  #close(
    event: EndedEvent | FailedEvent | ReleasedEvent,
  ): { trial: TrialState; live: AttemptState } {
    const trial = this.trials[event.trial]!;
    const live = this.#live(event);
    live.status = trial.status = event.kind;
    live.ended = event.at;
    trial.live = undefined;
    this.running.delete(trial);
    return { trial, live };
  }

  #result(trial: TrialState, result: ResultState): void {
    trial.results.push(result);
    const { goal, best } = this;
    const score = goal.scoreOf(result.metrics);
    if (score === undefined || trial.misfit || goal.isSeveral) return;
    const now = bestOf({ trial, result, ...score });
    if (best === undefined || isBetter(now, best)) this.best = now;
    else if (goal.isConstrained && best.trial === trial) {
      this.best = this.#findBest();
    }
  }

  /** Finds the best trial again: the one that was turned out to be infeasible at a greater fidelity. */
  #findBest(): BestState | undefined {
    return this.#lastResults().map(bestOf).reduce((best, one) =>
      isBetter(one, best) ? one : best
    );
  }

  #live(
    event: { trial: number; rung: number; attempt: number },
  ): AttemptState {
    return attemptOf(this.trials[event.trial]!, event.rung, event.attempt)!;
  }
}

function bestOf(
  { trial, result, losses, violation }: FrontState & Score,
): BestState {
  return { trial, result, loss: losses[0]!, violation };
}

/**
 * A feasible result is better than an infeasible one, then one at a greater fidelity; then the violation decides,
 * then the loss, then the number of the trial.
 */
function isBetter(one: BestState, other: BestState): boolean {
  const isFeasible = one.violation === 0;
  if (isFeasible !== (other.violation === 0)) return isFeasible;
  if (one.result.fidelity !== other.result.fidelity) {
    return one.result.fidelity > other.result.fidelity;
  }
  if (one.violation !== other.violation) return one.violation < other.violation;
  if (one.loss !== other.loss) return one.loss < other.loss;
  return one.trial.trial < other.trial.trial;
}

/** Returns a key that is the same for equal results from elsewhere. */
export function warmKey(
  { hash, fidelity, metrics }: {
    readonly hash: string;
    readonly fidelity: number;
    readonly metrics: Readonly<Record<string, number>>;
  },
): string {
  const values = Object.keys(metrics).sort().map((key) => [
    key,
    String(metrics[key]),
  ]);
  return JSON.stringify([hash, fidelity, values]);
}

function take<T>(items: T[], item: T): void {
  const index = items.indexOf(item);
  if (index >= 0) items.splice(index, 1);
}

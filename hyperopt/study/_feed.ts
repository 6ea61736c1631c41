/** Passes events to the scheduler and the sampler, in the order of arrival or in logical order. */
import type { Score } from "../objectives/_score.ts";
import type { Observation, Sampler } from "../samplers/sampler.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import type { Point, Space } from "../spaces/space.ts";
import { configOf } from "./_stored_config.ts";
import type {
  EndedEvent,
  ReportedEvent,
  ReusedEvent,
  StartedEvent,
  StudyEvent,
  WarmedEvent,
} from "./events.ts";
import type { StudyState } from "./_state.ts";
import type { TrialState } from "./_trial_state.ts";
import { unknownEvent } from "./_unknown_event.ts";

/** A trial at a rung, until its result is passed on. */
interface Held {
  readonly trial: TrialState;
  readonly rung: number;
  readonly to: number;
  /** When it ends on the planned workers; see {@linkcode Feed.ready}. */
  readonly ends: number;
  reports: ReportedEvent[];
  /** The result; `undefined` while the trial is running. */
  outcome:
    | Pick<EndedEvent, "fidelity" | "metrics">
    | "failed"
    | undefined;
}

/** A trial from elsewhere: the results of one config at several fidelities. */
interface WarmTrial {
  readonly trial: number;
  readonly fidelities: Set<number>;
}

/** Options for {@linkcode Feed}. */
export interface FeedOptions {
  readonly space: Space<unknown>;
  /** The space in normal form. */
  readonly signature: string;
  readonly scheduler: Scheduler;
  readonly sampler: Sampler;
  readonly order: "arrival" | "logical";
}

/** Passes the events of a study to its scheduler and its sampler. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #state: StudyState;
  /** In logical order: the trials that were handed out and not yet passed on, oldest first. */
  readonly #held: Held[] = [];
  /** The time of the planned workers. */
  #time = 0;
  /** The trials of each config. */
  readonly twins: Map<string, TrialState[]> = new Map();
  /** The results that were passed to the scheduler, by trial and fidelity. */
  readonly #known = new Map<TrialState, Map<number, EndedEvent["metrics"]>>();
  /** The results from elsewhere, as trials with all their fidelities, by config. */
  readonly #warmed = new Map<string, WarmTrial[]>();
  #warmTrials = 0;

  constructor(options: FeedOptions, state: StudyState) {
    this.#options = options;
    this.#state = state;
  }

  /** The number of jobs that were handed out and not yet passed on. */
  get held(): number {
    return this.#held.length;
  }

  /**
   * The trial of the one of these jobs that counts next, if it has ended. It is the first to end if there are as
   * many workers as jobs can be uncounted, and all of them need the same time for a unit of fidelity. So a long
   * job does not keep the short ones behind it from being counted, and the order depends on no real time.
   */
  get ready(): TrialState | undefined {
    let first: Held | undefined;
    for (const held of this.#held) {
      if (first === undefined || held.ends < first.ends) first = held;
    }
    return first?.outcome === undefined ? undefined : first.trial;
  }

  /** Finds a result of another trial with this config that was passed to the scheduler. */
  known(
    hash: string,
    fidelity: number,
  ): { trial: number; metrics: EndedEvent["metrics"] } | undefined {
    for (const trial of this.twins.get(hash) ?? []) {
      const metrics = this.#known.get(trial)?.get(fidelity);
      if (metrics !== undefined) return { trial: trial.trial, metrics };
    }
    return undefined;
  }

  /** Passes an event on, after it was applied to the state. */
  apply(event: StudyEvent): void {
    const { scheduler } = this.#options;
    switch (event.kind) {
      case "started":
        return this.#start(event);
      case "reused":
        return this.#reuse(event);
      case "absent":
      case "dropped":
        scheduler.started(event.trial, event.bracket, event.rung);
        scheduler.ended(event.trial, event.rung, undefined);
        return;
      case "reported":
        return this.#report(event);
      case "completed":
      case "stopped":
        return this.#end(event.trial, event.rung, event);
      case "failed":
      case "lost":
        if (event.final) this.#end(event.trial, event.rung, "failed");
        else this.#forget(event.trial);
        return;
      case "released":
        return this.#forget(event.trial);
      case "settled":
        return this.#settle(this.#take(event.trial));
      case "warmed":
        return this.#warm(event);
      case "opened":
      case "extended":
      case "enqueued":
      case "linked":
      case "exhausted":
      case "closed":
        return;
      default:
        return unknownEvent(event);
    }
  }

  #start(event: StartedEvent): void {
    const { scheduler, order } = this.#options;
    const trial = this.#state.trials[event.trial]!;
    if (trial.attempts.length === 1 && trial.results.length === 0) {
      this.#meet(trial);
    }
    const again = event.attempt > 0;
    if (order === "logical") {
      // When an attempt is repeated depends on which worker was quick.
      if (again) return;
      const { rung, from, to } = event;
      const ends = this.#time + to - from;
      this.#held.push({
        trial,
        rung,
        to,
        ends,
        reports: [],
        outcome: undefined,
      });
    }
    scheduler.started(event.trial, event.bracket, event.rung);
  }

  /** Finds the point of a new trial in the space of this session. */
  #meet(trial: TrialState): void {
    const { space, signature, sampler } = this.#options;
    if (trial.space === signature) {
      trial.point = trial.stored.point;
      trial.hash = trial.stored.hash;
    } else {
      trial.point = space.toPoint(configOf(trial.stored));
      trial.hash = trial.point && space.hash(trial.point);
    }
    trial.misfit = trial.point === undefined;
    if (trial.point === undefined || trial.hash === undefined) return;
    const twins = this.twins.get(trial.hash);
    if (twins === undefined) this.twins.set(trial.hash, [trial]);
    else twins.push(trial);
    sampler.started?.(trial.trial, trial.point);
  }

  #reuse(event: ReusedEvent): void {
    const trial = this.#state.trials[event.trial]!;
    if (trial.results.length === 1 && trial.attempts.length === 0) {
      this.#meet(trial);
    }
    this.#options.scheduler.started(event.trial, event.bracket, event.rung);
    const { rung, to, metrics } = event;
    this.#settle({
      trial,
      rung,
      to,
      reports: [],
      outcome: { fidelity: to, metrics },
    });
  }

  #report(event: ReportedEvent): void {
    const trial = this.#state.trials[event.trial]!;
    if (this.#state.goal.hasDiverged(event.metrics)) {
      // The trial diverged: the rest of the rung would be wasted.
      if (trial.live !== undefined) trial.live.stopping = true;
    } else if (this.#options.order === "logical") {
      this.#held.find((one) => one.trial === trial)?.reports.push(event);
    } else if (this.#reported(event) && trial.live !== undefined) {
      trial.live.stopping = true;
    }
  }

  #reported({ trial, rung, fidelity, metrics }: ReportedEvent): boolean {
    const score = this.#state.goal.scoreOfReport(metrics);
    if (score === undefined) return false;
    const loss = this.#state.goal.lossOf(score);
    return this.#options.scheduler.reported?.(trial, rung, fidelity, loss) ??
      false;
  }

  #end(number: number, rung: number, outcome: Held["outcome"]): void {
    const trial = this.#state.trials[number]!;
    if (this.#options.order === "logical") {
      const held = this.#held.find((one) => one.trial === trial);
      if (held !== undefined) held.outcome = outcome;
    } else {
      const to = trial.attempts.at(-1)!.to;
      this.#settle({ trial, rung, to, reports: [], outcome });
    }
  }

  /** Drops the reports of an attempt that is repeated: the next attempt reports again. */
  #forget(number: number): void {
    const held = this.#held.find((one) => one.trial.trial === number);
    if (held !== undefined) held.reports = [];
  }

  /** Removes the job of a trial, and sets the time of the planned workers to its end. */
  #take(trial: number): Held {
    const index = this.#held.findIndex((one) => one.trial.trial === trial);
    const [held] = this.#held.splice(index, 1);
    this.#time = Math.max(this.#time, held!.ends);
    return held!;
  }

  #settle(held: Omit<Held, "ends">): void {
    const { scheduler } = this.#options;
    const { trial, rung } = held;
    let outcome = held.outcome;
    for (const report of held.reports) {
      if (!this.#reported(report)) continue;
      outcome = report;
      break;
    }
    const ended = typeof outcome === "object" ? outcome : undefined;
    // In logical order the result can be the report at which the trial was stopped.
    const score = ended && this.#state.goal.scoreOfReport(ended.metrics);
    const fidelity = ended?.fidelity ?? held.to;
    if (ended !== undefined) this.#know(trial, ended);
    const { loss, ...several } = this.#lossesOf(score);
    scheduler.ended(trial.trial, rung, loss);
    const { point } = trial;
    if (point === undefined) return;
    this.#options.sampler.observe?.({
      trial: trial.trial,
      point,
      fidelity,
      loss,
      ...several,
    });
  }

  /** The losses of an observation. */
  #lossesOf(
    score: Score | undefined,
  ): Pick<Observation, "loss" | "losses" | "violation"> {
    const { goal } = this.#state;
    if (score === undefined) return { loss: undefined };
    const loss = goal.lossOf(score);
    return goal.isSeveral || goal.isConstrained ? { loss, ...score } : { loss };
  }

  #know(
    trial: TrialState,
    { fidelity, metrics }: Pick<EndedEvent, "fidelity" | "metrics">,
  ): void {
    const known = this.#known.get(trial);
    if (known !== undefined) known.set(fidelity, metrics);
    else this.#known.set(trial, new Map([[fidelity, metrics]]));
  }

  #warm(event: WarmedEvent): void {
    const { space, signature, sampler } = this.#options;
    const isSame = this.#state.opened?.space === signature;
    const point: Point | undefined = isSame
      ? event.point
      : space.toPoint(configOf(event));
    if (point === undefined) return;
    const { fidelity } = event;
    const losses = this.#lossesOf(this.#state.goal.scoreOf(event.metrics));
    const hash = isSame ? event.hash : space.hash(point);
    const trial = this.#warmTrialOf(hash, fidelity) ??
      this.#addWarm(hash, point);
    trial.fidelities.add(fidelity);
    sampler.observe?.({ trial: trial.trial, point, fidelity, ...losses });
  }

  /** Finds the trial from elsewhere that has this config, and no result at this fidelity yet. */
  #warmTrialOf(hash: string, fidelity: number): WarmTrial | undefined {
    return this.#warmed.get(hash)?.find(({ fidelities }) =>
      !fidelities.has(fidelity)
    );
  }

  #addWarm(hash: string, point: Point): WarmTrial {
    // A number below 0, which no trial of the study has.
    const trial = -1 - this.#warmTrials++;
    const added = { trial, fidelities: new Set<number>() };
    const known = this.#warmed.get(hash);
    if (known === undefined) this.#warmed.set(hash, [added]);
    else known.push(added);
    this.#options.sampler.started?.(trial, point);
    return added;
  }
}

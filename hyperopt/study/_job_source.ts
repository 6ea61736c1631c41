import type {
  Decision,
  JobDecision,
  NextOptions,
} from "../schedulers/scheduler.ts";
import type { Random } from "../random.ts";
import type { Answer, AskOptions } from "./answer.ts";
import type { Attempts } from "./_attempts.ts";
import type { Job } from "./job.ts";
import type { StartedEvent, StoredConfig } from "./events.ts";
import {
  absentEvent,
  droppedEvent,
  exhaustedEvent,
  type FirstRun,
  reusedEvent,
  type RungPlace,
  settledEvent,
  startedEvent,
} from "./_make_event.ts";
import type { StudyBudget } from "./options.ts";
import type { StudySession } from "./_session.ts";
import { configOf } from "./_stored_config.ts";
import type { TrialState } from "./_trial_state.ts";

/** How many further points are sampled instead of one that was tried before. */
const TRIES = 100;

/** The jobs of a session: first the trials that are tried again, then what the scheduler decides. */
export class JobSource<C> {
  readonly #session: StudySession<C>;
  readonly #attempts: Attempts<C>;

  constructor(session: StudySession<C>, attempts: Attempts<C>) {
    this.#session = session;
    this.#attempts = attempts;
  }

  /** Hands out the next job, or tells why there is none. */
  next(asker: AskOptions): Answer<C> {
    const { state, options } = this.#session;
    for (;;) {
      if (this.#isSpent()) return this.#idle();
      const retry = state.retries.find((trial) =>
        (asker.trial ?? trial.trial) === trial.trial &&
        this.#fits(costOf(trial))
      );
      if (retry !== undefined) {
        const { bracket, rung } = retry;
        const { to } = retry.attempts.at(-1)!;
        return this.#start(retry, { bracket, rung, to }, asker);
      }
      if (asker.trial !== undefined || !this.#mayDecide()) return this.#idle();
      const decision = options.scheduler.next(this.#outlook());
      if (
        decision.kind === "wait" || decision.kind === "done" ||
        !this.#fits(this.#costOf(decision))
      ) {
        // In logical order, jobs that have ended may lead to further ones.
        if (this.#settle()) continue;
        return this.#idle();
      }
      const answer = decision.kind === "start"
        ? this.#begin(decision, asker)
        : this.#resume(decision, asker);
      if (answer !== undefined) return answer;
    }
  }

  /** What the scheduler may decide. */
  #outlook(): NextOptions {
    const { state, checked, options } = this.#session;
    // A round in which no new config ran is the last one: so would all others be.
    const isLast = state.exhausted ||
      state.idle >= options.scheduler.plan().trials;
    const repeats = isLast ? false : hasLimit(checked.budget) || undefined;
    return {
      fits: (decision) => this.#fits(this.#costOf(decision)),
      ...(repeats !== undefined && { repeats }),
    };
  }

  #idle(): Answer<C> {
    return { kind: this.#session.state.running.size > 0 ? "wait" : "done" };
  }

  /** In logical order, at most `width` jobs are uncounted at a time, for any number of workers. */
  #mayDecide(): boolean {
    const { order } = this.#session.checked;
    if (order === "arrival") return true;
    while (this.#session.feed.held >= this.#session.width) {
      if (!this.#settle()) return false;
    }
    return true;
  }

  /** In logical order: counts the oldest job, if it has ended. */
  #settle(): boolean {
    const trial = this.#session.feed.ready;
    if (trial === undefined) return false;
    this.#session.append(settledEvent(this.#session.now(), trial.trial));
    return true;
  }

  #isSpent(): boolean {
    const { state, checked } = this.#session;
    const { seconds = Infinity } = checked.budget;
    return !this.#fits(0) ||
      state.elapsed(this.#session.now()) >= 1000 * seconds;
  }

  /** Tells whether the budget has room for so many units of fidelity. */
  #fits(units: number): boolean {
    const { state, checked } = this.#session;
    const { fidelity = Infinity } = checked.budget;
    // The sum of fractions such as 0.1 may not be exact.
    return state.fidelity + units <= fidelity * (1 + 1e-9);
  }

  /** Returns how many units of fidelity a job would cost. */
  #costOf(decision: JobDecision): number {
    if (decision.kind === "start") return decision.to;
    const trial = this.#session.state.trials[decision.trial]!;
    return trial.misfit ? 0 : decision.to - (trial.checkpoint?.at ?? 0);
  }

  /** Starts a new trial; returns `undefined` if the decision needs no job. */
  #begin(
    place: Extract<Decision, { kind: "start" }>,
    asker: AskOptions,
  ): Answer<C> | undefined {
    const { state, checked } = this.#session;
    const { trials = Infinity } = checked.budget;
    if (state.started >= trials) return this.#idle();
    const trial = state.trials.length;
    const random = this.#session.random.fork(trial);
    const chosen = this.#choose(trial, random);
    if (chosen === undefined) return this.#leaveOut(trial, place);
    const seed = random.fork("seed").integer(2 ** 32);
    const { stored, enqueued } = chosen;
    const first = { ...stored, seed, ...(enqueued && { enqueued }) };
    if (this.#reuse(trial, place, first)) return undefined;
    const at = this.#session.now();
    return this.#hand(startedEvent(at, place, {
      trial,
      attempt: 0,
      from: 0,
      until: at + checked.lease,
      first,
      worker: workerOf(asker),
    }));
  }

  /** There is no config for a new trial. */
  #leaveOut(trial: number, place: RungPlace): Answer<C> | undefined {
    const { state, options } = this.#session;
    if (!state.exhausted) {
      this.#session.append(exhaustedEvent(this.#session.now()));
    }
    // A scheduler without an end would ask forever.
    if (options.scheduler.plan().trials === Infinity) return this.#idle();
    this.#session.append(absentEvent(this.#session.now(), place, trial));
    return undefined;
  }

  /** Takes the result of an earlier trial with the same config, if duplicates are reused and there is one. */
  #reuse(trial: number, place: RungPlace, first: FirstRun): boolean {
    const { checked, feed } = this.#session;
    if (checked.duplicates !== "reuse") return false;
    const known = feed.known(first.hash, place.to);
    if (known === undefined) return false;
    const { trial: source, metrics } = known;
    const reused = { trial, source, metrics, first };
    this.#session.append(reusedEvent(this.#session.now(), place, reused));
    return true;
  }

  /** Chooses the next enqueued config, or a sampled one that was not tried. */
  #choose(
    trial: number,
    random: Random,
  ): { stored: StoredConfig; enqueued?: true } | undefined {
    const { state, checked, options, space, feed } = this.#session;
    const next = state.queue[0];
    if (next !== undefined) {
      const { config, encoded, point, hash } = next;
      const kept = encoded === undefined ? { config } : { encoded };
      return { stored: { point, hash, ...kept }, enqueued: true };
    }
    if (state.exhausted) return undefined;
    const skips = checked.duplicates === "skip";
    for (let i = 0; i < TRIES; i++) {
      // The first try uses the generator of the trial; each further try uses a fork of it.
      const point = options.sampler.sample(
        trial,
        i === 0 ? random : random.fork(`again ${i}`),
        i,
      );
      if (point === undefined) return undefined;
      const hash = space.hash(point);
      if (!skips || !feed.twins.has(hash)) {
        return { stored: this.#session.stored(point, hash) };
      }
    }
    return undefined;
  }

  #resume(
    decision: Extract<Decision, { kind: "resume" }>,
    asker: AskOptions,
  ): Answer<C> | undefined {
    const trial = this.#session.state.trials[decision.trial]!;
    if (!trial.misfit) return this.#start(trial, decision, asker);
    const at = this.#session.now();
    this.#session.append(droppedEvent(at, decision, trial.trial));
    return undefined;
  }

  /** Starts another attempt of a known trial: on its next rung, or again on the same one. */
  #start(trial: TrialState, place: RungPlace, asker: AskOptions): Answer<C> {
    const at = this.#session.now();
    return this.#hand(startedEvent(at, place, {
      trial: trial.trial,
      attempt: trial.attempts.filter((one) => one.rung === place.rung).length,
      from: trial.checkpoint?.at ?? 0,
      until: at + this.#session.checked.lease,
      worker: workerOf(asker),
    }));
  }

  #hand(event: StartedEvent): Answer<C> {
    this.#session.append(event);
    return { kind: "job", job: this.#jobOf(event) };
  }

  /** Returns the jobs that run, by the number of the trial. */
  running(): Job<C>[] {
    return [...this.#session.state.running].map((trial) => {
      const { rung, attempt, from, to } = trial.live!;
      const { trial: number, bracket } = trial;
      return this.#jobOf({ trial: number, bracket, rung, attempt, from, to });
    }).sort((a, b) => a.trial - b.trial);
  }

  #jobOf(
    { trial, bracket, rung, attempt, from, to }: Pick<
      StartedEvent,
      "trial" | "bracket" | "rung" | "attempt" | "from" | "to"
    >,
  ): Job<C> {
    const { stored, seed, checkpoint } = this.#session.state.trials[trial]!;
    return {
      trial,
      bracket,
      rung,
      attempt,
      token: this.#attempts.tokenOf({ trial, rung, attempt }),
      config: configOf(stored) as C,
      seed,
      from,
      to,
      ...(checkpoint !== undefined && { checkpoint: checkpoint.what }),
    };
  }
}

/** Returns how many units of fidelity the last attempt of a trial costs if it is repeated. */
function costOf({ attempts, checkpoint }: TrialState): number {
  return attempts.at(-1)!.to - (checkpoint?.at ?? 0);
}

function hasLimit(budget: StudyBudget): boolean {
  return Object.values(budget).some((limit) => limit !== undefined);
}

function workerOf(
  { worker, detached }: AskOptions,
): Pick<StartedEvent, "worker" | "detached"> {
  return {
    ...(worker !== undefined && { worker }),
    ...(detached === true && { detached }),
  };
}

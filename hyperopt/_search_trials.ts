import type { SearchMethod } from "./hyper_opt.ts";
import type { Random } from "./random.ts";
import type { Sampler } from "./samplers/sampler.ts";
import { planOf } from "./schedulers/_plan.ts";
import type { Scheduler } from "./schedulers/scheduler.ts";
import type { Point, Space } from "./spaces/space.ts";
import { Attempts } from "./study/_attempts.ts";
import { linkedEvent, startedEvent } from "./study/_make_event.ts";
import { StudySession } from "./study/_session.ts";
import type { AttemptState, TrialState } from "./study/_trial_state.ts";
import { MOST } from "./study/check_journal.ts";
import type { Outcome } from "./study/job.ts";
import type { Journal } from "./study/journal.ts";
import { checkOptions } from "./study/options.ts";

/** A search, as its journal describes it. */
export interface DescribedSearch extends SearchMethod {
  /** The id of the search. */
  readonly id: string;
  readonly space: Space<unknown>;
  readonly mode: "max" | "min";
  /** The name of the metric that the objective returns. */
  readonly metric: string;
}

/** What is given where it is not that of this process. */
export interface SearchOrigin {
  /** Returns the time in milliseconds since 1970. */
  readonly clock: () => number;
  /** The nonce of the search, if it is new. */
  readonly nonce: string;
}

/** A trial that the journal knows, at one rung. */
export interface JournaledTrial {
  readonly trial: TrialState;
  readonly attempt: AttemptState;
}

/**
 * The trials of a search that is no study, noted in a journal in the form of a study, so that all that looks at
 * studies can look at the search.
 *
 * A trial is a config. It has a rung for each number of halvings, and the number of the rung, from 1, is its fidelity:
 * only the objective knows for how long it trains.
 */
export class SearchTrials {
  readonly #session: StudySession<unknown>;
  readonly #attempts: Attempts<unknown>;
  /** What ran or was recalled in this session: the same config can be another trial. */
  readonly #seen = new Set<AttemptState>();
  #hasBegun = false;

  /**
   * Claims and reads a journal, which may have earlier sessions. A session begins with its first trial.
   *
   * @throws {StudyOwnedError} If another process works on the search.
   * @throws {StudySettingError} If the journal is that of another search.
   */
  constructor(
    search: DescribedSearch,
    journal: Journal,
    origin?: SearchOrigin,
  ) {
    const { id, space, mode, metric, sampler, scheduler } = search;
    const options = {
      id,
      space,
      mode,
      metric,
      seed: NO_SEED,
      // The class decides what is repeated; what a killed process ran may always run again.
      retries: 0,
      losses: Number.MAX_SAFE_INTEGER,
      sampler: samplerNamed(sampler),
      scheduler: schedulerNamed(scheduler),
      journal,
      ...(origin !== undefined && { clock: origin.clock }),
    };
    this.#session = new StudySession(
      options,
      checkOptions(options),
      origin?.nonce,
    );
    this.#attempts = new Attempts(this.#session);
    this.#session.read();
  }

  /** Begins the session, unless it has begun: its first event comes before the one of its first trial. */
  open(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#session.begin(() => this.#attempts.loseAttached());
  }

  /**
   * Notes that a trial starts.
   *
   * @param config The config of the trial.
   * @returns the trial; `undefined` if its config is not in the space.
   */
  begin(config: object): JournaledTrial | undefined {
    const place = this.#placeOf(config);
    return place && this.#beginAt(place);
  }

  #beginAt(place: Place): JournaledTrial {
    this.open();
    const known = this.#twins(place)
      .find((twin) => this.#waits(twin, place.rung));
    return this.#start(known, place);
  }

  /** Notes how a trial ended. */
  end({ trial, attempt }: JournaledTrial, outcome: Outcome): void {
    this.#session.append(this.#attempts.endOf(trial, attempt, outcome));
  }

  /** Notes that a run of the tracker is the one of a trial. */
  link({ trial }: JournaledTrial, run: number | string): void {
    if (trial.runs.includes(run)) return;
    this.#session.append(linkedEvent(this.#session.now(), trial.trial, run));
  }

  /**
   * Notes a trial that ran before, unless the journal has it.
   *
   * @param config The config of the trial.
   * @param outcome How it ended.
   * @returns the trial; `undefined` if its config is not in the space.
   */
  record(config: object, outcome: Outcome): JournaledTrial | undefined {
    const place = this.#placeOf(config);
    if (place === undefined) return undefined;
    const ended = this.#ended(place);
    if (ended !== undefined) {
      this.#seen.add(ended.attempt);
      return ended;
    }
    const trial = this.#beginAt(place);
    this.end(trial, outcome);
    return trial;
  }

  /** The UUIDs of the runs of the trials. */
  get runs(): ReadonlySet<number | string> {
    const { trials } = this.#session.state;
    return new Set(trials.flatMap((trial) => trial?.runs ?? []));
  }

  /** The milliseconds for which a claim on the journal lasts. */
  get lease(): number {
    return this.#session.checked.lease;
  }

  /** Renews the claim on the journal. */
  renew(): void {
    this.#session.renew(this.#session.now());
  }

  /**
   * Ends the session, and closes the journal; a search in which no trial began has none.
   *
   * @param isDone Whether the search has its result.
   * @returns whether there was a session; if not, the journal is only released.
   */
  close(isDone: boolean): boolean {
    const { ending, trials } = this.#session.state;
    // All that it needed was known: the process that ran the last trial did not come to say that it was done.
    if (isDone && ending !== "done" && trials.length > 0) this.open();
    if (this.#hasBegun) {
      this.#session.isDone = isDone;
      this.#session.close();
    } else this.#session.release();
    return this.#hasBegun;
  }

  /** Stops to keep others away; nothing more is noted. */
  abandon(): void {
    this.#session.abandon();
  }

  /** Whether a trial can run at a rung: it was promoted, or the process that ran it there ended before. */
  #waits({ rung, status }: TrialState, at: number): boolean {
    return rung === at
      ? status === "lost" || status === "released"
      : rung < at && status === "completed";
  }

  /** Where a config is in the search; `undefined` if it is not in it. */
  #placeOf(config: object): Place | undefined {
    const { space } = this.#session;
    const rung = rungOf(config);
    const point = rung === undefined ? undefined : space.toPoint(config);
    if (rung === undefined || point === undefined) return undefined;
    return { rung, point, hash: space.hash(point) };
  }

  /** The trials of a config. */
  #twins({ hash }: Place): readonly TrialState[] {
    return this.#session.feed.twins.get(hash) ?? [];
  }

  #start(
    known: TrialState | undefined,
    { rung, point, hash }: Place,
  ): JournaledTrial {
    const { state } = this.#session;
    const at = this.#session.now();
    const number = known?.trial ?? state.trials.length;
    this.#session.append(
      startedEvent(at, { bracket: 0, rung, to: rung + 1 }, {
        trial: number,
        attempt: known?.attempts.filter((one) => one.rung === rung).length ?? 0,
        from: 0,
        until: at + this.#session.checked.lease,
        ...(known === undefined &&
          { first: { ...this.#session.stored(point, hash), seed: 0 } }),
        worker: {},
      }),
    );
    const trial = state.trials[number]!;
    const attempt = trial.live!;
    this.#seen.add(attempt);
    return { trial, attempt };
  }

  /** Finds a trial of an earlier session that has ended with a config. */
  #ended(place: Place): JournaledTrial | undefined {
    const { rung } = place;
    for (const trial of this.#twins(place)) {
      const attempt = trial.attempts.find((one) =>
        one.rung === rung && one.told && !this.#seen.has(one)
      );
      if (attempt !== undefined) return { trial, attempt };
    }
    return undefined;
  }
}

/** Where nothing is drawn, no seed decides anything. */
const NO_SEED = "none";

/** Where a config is in a search. */
interface Place {
  readonly rung: number;
  readonly point: Point;
  readonly hash: string;
}

/** The number of halvings that a config survived; `undefined` if it is not one. */
function rungOf(config: object): number | undefined {
  const { __num_halved__: halved = 0 } = config as {
    readonly __num_halved__?: unknown;
  };
  const isCount = Number.isInteger(halved) && (halved as number) >= 0 &&
    (halved as number) < MOST;
  return isCount ? halved as number : undefined;
}

function samplerNamed(name: string): Sampler {
  return { name, sample: (_trial: number, _random: Random) => undefined };
}

/** The class chooses what runs next; how much that is may change from session to session. */
function schedulerNamed(name: string): Scheduler {
  return {
    name,
    next: () => ({ kind: "done" }),
    started() {},
    ended() {},
    plan: () => planOf([]),
  };
}

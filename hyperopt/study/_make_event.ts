/**
 * Makers of the events that a study writes to its journal.
 *
 * @module
 */
import type {
  AbsentEvent,
  DroppedEvent,
  EndedEvent,
  EnqueuedEvent,
  ExtendedEvent,
  FailedEvent,
  LinkedEvent,
  OpenedEvent,
  PlainEvent,
  ReleasedEvent,
  ReportedEvent,
  ReusedEvent,
  SettledEvent,
  StartedEvent,
  StoredConfig,
  StoredError,
  WarmedEvent,
} from "./events.ts";
import type { Job, Outcome } from "./job.ts";
import type { AttemptState, TrialState } from "./_trial_state.ts";

/** An outcome with metrics. */
export type Success = Extract<Outcome, { readonly metrics: unknown }>;

/** The place of an attempt: bracket, rung and fidelity. */
export interface RungPlace {
  readonly bracket: number;
  readonly rung: number;
  /** The fidelity of the rung. */
  readonly to: number;
}

/** The fields that only the first event of a trial has. */
export interface FirstRun extends StoredConfig {
  /** The trial's own seed. */
  readonly seed: number;
  /** Whether the config was enqueued. */
  readonly enqueued?: true;
}

/** An attempt that is handed out. */
export interface Attempt {
  readonly trial: number;
  readonly attempt: number;
  /** The fidelity to start from. */
  readonly from: number;
  /** The time at which the lease ends. */
  readonly until: number;
  /** The fields of a new trial. */
  readonly first?: FirstRun;
  /** The worker that asked. */
  readonly worker: Pick<StartedEvent, "worker" | "detached">;
}

/** A session begins. */
export function openedEvent(
  at: number,
  settings: Omit<OpenedEvent, "kind" | "at">,
): OpenedEvent {
  return { kind: "opened", at, ...settings };
}

/** An attempt is handed out. */
export function startedEvent(
  at: number,
  place: RungPlace,
  { trial, attempt, from, until, first, worker }: Attempt,
): StartedEvent {
  const { bracket, rung, to } = place;
  return {
    kind: "started",
    at,
    trial,
    rung,
    attempt,
    bracket,
    from,
    to,
    until,
    ...first,
    ...worker,
  };
}

/** A new trial takes the result of an earlier one with the same config. */
export function reusedEvent(
  at: number,
  place: RungPlace,
  { trial, source, metrics, first }:
    & Pick<ReusedEvent, "trial" | "source" | "metrics">
    & { readonly first: FirstRun },
): ReusedEvent {
  const { bracket, rung, to } = place;
  return {
    kind: "reused",
    at,
    trial,
    rung,
    attempt: 0,
    bracket,
    to,
    source,
    metrics,
    ...first,
  };
}

/** There is no config for a trial that the scheduler starts. */
export function absentEvent(
  at: number,
  place: RungPlace,
  trial: number,
): AbsentEvent {
  const { bracket, rung } = place;
  return { kind: "absent", at, trial, bracket, rung };
}

/** A trial that should resume does not fit in the space of this session. */
export function droppedEvent(
  at: number,
  place: RungPlace,
  trial: number,
): DroppedEvent {
  const { bracket, rung } = place;
  const error = {
    name: "Misfit",
    message: "its config no longer fits in the space",
  };
  return { kind: "dropped", at, trial, bracket, rung, error };
}

/** A running job reports metrics. */
export function reportedEvent(
  at: number,
  job: Job<unknown>,
  { fidelity, metrics, until }: Pick<
    ReportedEvent,
    "fidelity" | "metrics" | "until"
  >,
): ReportedEvent {
  const { trial, rung, attempt } = job;
  return {
    kind: "reported",
    at,
    trial,
    rung,
    attempt,
    fidelity,
    metrics,
    until,
  };
}

/** The lease of a running job is renewed. */
export function extendedEvent(
  at: number,
  job: Job<unknown>,
  until: number,
): ExtendedEvent {
  const { trial, rung, attempt } = job;
  return { kind: "extended", at, trial, rung, attempt, until };
}

/** An attempt has a result: it reached the end of its rung, or the scheduler stopped it. */
export function endedEvent(
  at: number,
  trial: number,
  { live, outcome }: {
    readonly live: AttemptState;
    readonly outcome: Success;
  },
): EndedEvent {
  const { rung, attempt, to, stopping, reached } = live;
  const { metrics, checkpoint } = outcome;
  return {
    kind: stopping ? "stopped" : "completed",
    at,
    trial,
    rung,
    attempt,
    fidelity: stopping ? reached : to,
    metrics,
    ...(checkpoint !== undefined && { checkpoint }),
  };
}

/** Why an attempt has no result. */
export interface Failure {
  readonly kind: FailedEvent["kind"];
  readonly error: StoredError;
  /** Whether the worker told it; otherwise the study noticed it. */
  readonly told: boolean;
}

/** How often attempts are repeated, at each rung of a trial. */
export interface RetryLimits {
  /** Those that failed. */
  readonly retries: number;
  /** Those that were lost. */
  readonly losses: number;
}

/** The running attempt of a trial fails, or is lost. */
export function failedEvent(
  at: number,
  trial: TrialState,
  { kind, error, told, limits }: Failure & { readonly limits: RetryLimits },
): FailedEvent {
  const { rung, attempt } = trial.live!;
  const final = kind === "failed"
    ? trial.failures >= limits.retries
    : trial.losses >= limits.losses;
  return {
    kind,
    at,
    trial: trial.trial,
    rung,
    attempt,
    error,
    told,
    final,
  };
}

/** The running attempt of a trial is given back. */
export function releasedEvent(
  at: number,
  trial: number,
  { rung, attempt }: Pick<AttemptState, "rung" | "attempt">,
): ReleasedEvent {
  return { kind: "released", at, trial, rung, attempt };
}

/** A config is enqueued. */
export function enqueuedEvent(
  at: number,
  stored: StoredConfig,
): EnqueuedEvent {
  return { kind: "enqueued", at, ...stored };
}

/** A result from elsewhere is passed to the sampler. */
export function warmedEvent(
  at: number,
  stored: StoredConfig,
  { metrics, fidelity }: Pick<WarmedEvent, "metrics" | "fidelity">,
): WarmedEvent {
  return { kind: "warmed", at, ...stored, metrics, fidelity };
}

/** A run of the tracker belongs to a trial. */
export function linkedEvent(
  at: number,
  trial: number,
  run: LinkedEvent["run"],
): LinkedEvent {
  return { kind: "linked", at, trial, run };
}

/** In logical order: the result of a trial is passed to the scheduler and the sampler. */
export function settledEvent(at: number, trial: number): SettledEvent {
  return { kind: "settled", at, trial };
}

/** There is no further config. */
export function exhaustedEvent(at: number): PlainEvent {
  return { kind: "exhausted", at };
}

/** The session ends. */
export function closedEvent(at: number, done: boolean): PlainEvent {
  return { kind: "closed", at, ...(done && { done }) };
}

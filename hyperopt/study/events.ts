/**
 * What a study's journal holds. The whole state of a study is a fold over these events.
 *
 * @module
 */
import type { Point } from "../spaces/space.ts";
import type { Checkpoint } from "./job.ts";

/** What every event has: when it happened, in milliseconds since 1970. */
interface Timed {
  readonly at: number;
}

/** Which attempt an event is about. */
interface OfAttempt extends Timed {
  readonly trial: number;
  readonly rung: number;
  readonly attempt: number;
}

/** A config in an event: as plain JSON, or as a text with types where JSON cannot hold it. */
export interface StoredConfig {
  /** The config. */
  readonly config?: unknown;
  /** The config as text, where JSON alone would change it. */
  readonly encoded?: string;
  /** Its point in the space of the session that wrote the event. */
  readonly point: Point;
  /** Its identity in that space. */
  readonly hash: string;
}

/** A session began; the first one made the study. */
export interface OpenedEvent extends Timed {
  readonly kind: "opened";
  /** Part of each token, so that an earlier study of the same name cannot be mistaken for this one. */
  readonly nonce: string;
  readonly seed: number | string;
  readonly metric: string;
  readonly mode: "min" | "max";
  readonly order: "arrival" | "logical";
  readonly width: number;
  readonly scheduler: string;
  /** The scheduler's plan, which tells its settings. */
  readonly plan: string;
  readonly sampler: string;
  /** The space in normal form. */
  readonly space: string;
}

/** An attempt was handed out. */
export interface StartedEvent extends OfAttempt, Partial<StoredConfig> {
  readonly kind: "started";
  readonly bracket: number;
  readonly from: number;
  readonly to: number;
  /** Until when the lease lasts. */
  readonly until: number;
  /** The trial's own seed; with the config, in its first event only. */
  readonly seed?: number;
  readonly worker?: string;
  /** Whether the worker outlives the session. */
  readonly detached?: true;
  /** Whether the config was enqueued. */
  readonly enqueued?: true;
}

/** A trial was answered from an earlier one with the same config, without running. */
export interface ReusedEvent extends OfAttempt, Partial<StoredConfig> {
  readonly kind: "reused";
  readonly bracket: number;
  readonly to: number;
  readonly seed?: number;
  /** The trial that the answer is from. */
  readonly source: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly enqueued?: true;
}

/** A trial that the scheduler wanted, but for which there was no config any more. */
export interface AbsentEvent extends Timed {
  readonly kind: "absent";
  readonly trial: number;
  readonly bracket: number;
  readonly rung: number;
}

/** Metrics within a rung. */
export interface ReportedEvent extends OfAttempt {
  readonly kind: "reported";
  readonly fidelity: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Until when the lease lasts now. */
  readonly until: number;
}

/** A lease was made longer. */
export interface ExtendedEvent extends OfAttempt {
  readonly kind: "extended";
  readonly until: number;
}

/** An attempt reached its end (`completed`), or the one that the scheduler set it (`stopped`). */
export interface EndedEvent extends OfAttempt {
  readonly kind: "completed" | "stopped";
  readonly fidelity: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly checkpoint?: Checkpoint;
}

/** An error as the journal keeps it. */
export interface StoredError {
  readonly name: string;
  readonly message: string;
}

/** An attempt failed, or was lost. */
export interface FailedEvent extends OfAttempt {
  readonly kind: "failed" | "lost";
  readonly error: StoredError;
  /** Whether the worker told it; otherwise the study found out. */
  readonly told: boolean;
  /** Whether the trial is given up; otherwise it is tried again. */
  readonly final: boolean;
}

/** A trial that was to go on does not fit in the space any more. */
export interface DroppedEvent extends Timed {
  readonly kind: "dropped";
  readonly trial: number;
  readonly bracket: number;
  readonly rung: number;
  readonly error: StoredError;
}

/** The scheduler and the sampler were told of a trial (logical order only). */
export interface SettledEvent extends Timed {
  readonly kind: "settled";
  readonly trial: number;
}

/** A config is to be tried next. */
export interface EnqueuedEvent extends Timed, StoredConfig {
  readonly kind: "enqueued";
}

/** The sampler was told of a run of another search. */
export interface WarmedEvent extends Timed, StoredConfig {
  readonly kind: "warmed";
  readonly fidelity: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A run of the tracker belongs to a trial. */
export interface LinkedEvent extends Timed {
  readonly kind: "linked";
  readonly trial: number;
  readonly run: number | string;
}

/** There is no further config, or the session ended. */
export interface PlainEvent extends Timed {
  readonly kind: "exhausted" | "closed";
}

/** An event of a study's journal. */
export type StudyEvent =
  | OpenedEvent
  | StartedEvent
  | ReusedEvent
  | AbsentEvent
  | ReportedEvent
  | ExtendedEvent
  | EndedEvent
  | FailedEvent
  | DroppedEvent
  | SettledEvent
  | EnqueuedEvent
  | WarmedEvent
  | LinkedEvent
  | PlainEvent;

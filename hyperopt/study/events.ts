/**
 * What a study's journal holds. The whole state of a study is a fold over these events.
 *
 * @module
 */
import type { Point } from "../spaces/space.ts";
import type { Checkpoint } from "./job.ts";

/** What every event has: when it happened, in milliseconds since 1970. */
export interface Timed {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Which attempt an event is about. */
export interface OfAttempt extends Timed {
  /** The trial's number. */
  readonly trial: number;
  /** The rung, from 0. */
  readonly rung: number;
  /** Which attempt at this rung, from 0. */
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
  /** What happened. */
  readonly kind: "opened";
  /** Part of each token, so that an earlier study of the same name cannot be mistaken for this one. */
  readonly nonce: string;
  /** The seed. */
  readonly seed: number | string;
  /** The study's metric. */
  readonly metric: string;
  /** Whether the least or the greatest metric wins. */
  readonly mode: "min" | "max";
  /** In which order results count. */
  readonly order: "arrival" | "logical";
  /** In logical order: how many jobs may be uncounted. */
  readonly width: number;
  /** The scheduler's name. */
  readonly scheduler: string;
  /** The scheduler's plan, which tells its settings. */
  readonly plan: string;
  /** The sampler's name. */
  readonly sampler: string;
  /** The space in normal form. */
  readonly space: string;
}

/** An attempt was handed out. */
export interface StartedEvent extends OfAttempt, Partial<StoredConfig> {
  /** What happened. */
  readonly kind: "started";
  /** The bracket of the trial. */
  readonly bracket: number;
  /** The fidelity from which it is to run. */
  readonly from: number;
  /** The fidelity to reach. */
  readonly to: number;
  /** Until when the lease lasts. */
  readonly until: number;
  /** The trial's own seed; with the config, in its first event only. */
  readonly seed?: number;
  /** Who asked. */
  readonly worker?: string;
  /** Whether the worker outlives the session. */
  readonly detached?: true;
  /** Whether the config was enqueued. */
  readonly enqueued?: true;
}

/** A trial was answered from an earlier one with the same config, without running. */
export interface ReusedEvent extends OfAttempt, Partial<StoredConfig> {
  /** What happened. */
  readonly kind: "reused";
  /** The bracket of the trial. */
  readonly bracket: number;
  /** The fidelity to reach. */
  readonly to: number;
  /** The seed. */
  readonly seed?: number;
  /** The trial that the answer is from. */
  readonly source: number;
  /** Its metrics there. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Whether the config was enqueued. */
  readonly enqueued?: true;
}

/** A trial that the scheduler wanted, but for which there was no config any more. */
export interface AbsentEvent extends Timed {
  /** What happened. */
  readonly kind: "absent";
  /** The trial's number. */
  readonly trial: number;
  /** The bracket of the trial. */
  readonly bracket: number;
  /** The rung, from 0. */
  readonly rung: number;
}

/** Metrics within a rung. */
export interface ReportedEvent extends OfAttempt {
  /** What happened. */
  readonly kind: "reported";
  /** How far the trial had come. */
  readonly fidelity: number;
  /** Its metrics there. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Until when the lease lasts now. */
  readonly until: number;
}

/** A lease was made longer. */
export interface ExtendedEvent extends OfAttempt {
  /** What happened. */
  readonly kind: "extended";
  /** Until when the lease lasts now. */
  readonly until: number;
}

/** An attempt reached its end (`completed`), or the one that the scheduler set it (`stopped`). */
export interface EndedEvent extends OfAttempt {
  /** What happened. */
  readonly kind: "completed" | "stopped";
  /** How far the trial had come. */
  readonly fidelity: number;
  /** Its metrics there. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What the next rung may resume from. */
  readonly checkpoint?: Checkpoint;
}

/** An error as the journal keeps it. */
export interface StoredError {
  /** The name of its class. */
  readonly name: string;
  /** What it says. */
  readonly message: string;
}

/** An attempt failed, or was lost. */
export interface FailedEvent extends OfAttempt {
  /** What happened. */
  readonly kind: "failed" | "lost";
  /** Why. */
  readonly error: StoredError;
  /** Whether the worker told it; otherwise the study found out. */
  readonly told: boolean;
  /** Whether the trial is given up; otherwise it is tried again. */
  readonly final: boolean;
}

/** A trial that was to go on does not fit in the space any more. */
export interface DroppedEvent extends Timed {
  /** What happened. */
  readonly kind: "dropped";
  /** The trial's number. */
  readonly trial: number;
  /** The bracket of the trial. */
  readonly bracket: number;
  /** The rung, from 0. */
  readonly rung: number;
  /** Why. */
  readonly error: StoredError;
}

/** The scheduler and the sampler were told of a trial (logical order only). */
export interface SettledEvent extends Timed {
  /** What happened. */
  readonly kind: "settled";
  /** The trial's number. */
  readonly trial: number;
}

/** A config is to be tried next. */
export interface EnqueuedEvent extends Timed, StoredConfig {
  /** What happened. */
  readonly kind: "enqueued";
}

/** The sampler was told of a run of another search. */
export interface WarmedEvent extends Timed, StoredConfig {
  /** What happened. */
  readonly kind: "warmed";
  /** How far the trial had come. */
  readonly fidelity: number;
  /** Its metrics there. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A run of the tracker belongs to a trial. */
export interface LinkedEvent extends Timed {
  /** What happened. */
  readonly kind: "linked";
  /** The trial's number. */
  readonly trial: number;
  /** The run's id or UUID. */
  readonly run: number | string;
}

/** There is no further config, or the session ended. */
export interface PlainEvent extends Timed {
  /** What happened. */
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

/**
 * The events in the journal of a study. The whole state of a study is a fold over them.
 *
 * @module
 */
import type { Point } from "../spaces/space.ts";
import type { Checkpoint } from "./job.ts";
import type { Constraint, StudyBudget } from "./options.ts";

/** The time that every event has. */
export interface Timed {
  /** The time of the event, in milliseconds since 1970. */
  readonly at: number;
}

/** The attempt that an event is about. */
export interface OfAttempt extends Timed {
  /** The trial's number. */
  readonly trial: number;
  /** The rung, from 0. */
  readonly rung: number;
  /** The number of the attempt at this rung, from 0. */
  readonly attempt: number;
}

/** A config in an event: as plain JSON, or as a string with types if JSON cannot hold it. */
export interface StoredConfig {
  /** The config. */
  readonly config?: unknown;
  /** The config as a string, if JSON alone would change it. */
  readonly encoded?: string;
  /** The point of the config in the space of the session that wrote the event. */
  readonly point: Point;
  /** The hash of the config in that space. */
  readonly hash: string;
}

/** A session begins. The first session creates the study. */
export interface OpenedEvent extends Timed {
  /** The kind of event. */
  readonly kind: "opened";
  /** A part of each token: jobs of an earlier study of the same name are not taken for jobs of this one. */
  readonly nonce: string;
  /** The seed. */
  readonly seed: number | string;
  /** The study's metric; the first one if there are several objectives. */
  readonly metric: string;
  /** Whether the least or the greatest metric is the best. */
  readonly mode: "min" | "max";
  /** The objectives, if there are several. */
  readonly objectives?: Readonly<Record<string, "min" | "max">>;
  /** The bounds of metrics, if there are any. */
  readonly constraints?: Readonly<Record<string, Constraint>>;
  /** The order in which results count. */
  readonly order: "arrival" | "logical";
  /** In logical order: how many jobs can be uncounted at a time; otherwise 0. */
  readonly width: number;
  /** The scheduler's name. */
  readonly scheduler: string;
  /** The scheduler's plan, which depends on its settings. */
  readonly plan: string;
  /** The sampler's name. */
  readonly sampler: string;
  /** The space in normal form. */
  readonly space: string;
  /** The budget of the session; earlier versions did not record it. */
  readonly budget?: StudyBudget;
  /** How the process of the session was started; earlier versions did not record it. */
  readonly start?: SessionStart;
}

/** How the process of a session was started. */
export interface SessionStart {
  /** The command line, with the options of the runtime. */
  readonly command: readonly string[];
  /** The working directory. */
  readonly cwd: string;
  /** The host. */
  readonly host?: string;
  /** A code that only the user's own key makes. */
  readonly seal?: string;
  /** The file of the journal, as the file system names it. */
  readonly database?: string;
}

/** An attempt is handed out. */
export interface StartedEvent extends OfAttempt, Partial<StoredConfig> {
  /** The kind of event. */
  readonly kind: "started";
  /** The bracket of the trial. */
  readonly bracket: number;
  /** The fidelity to start from. */
  readonly from: number;
  /** The fidelity to reach. */
  readonly to: number;
  /** The time at which the lease ends. */
  readonly until: number;
  /** The seed of the trial; like the config, only in the first event of the trial. */
  readonly seed?: number;
  /** The name of the worker. */
  readonly worker?: string;
  /** Whether the worker outlives the session. */
  readonly detached?: true;
  /** Whether the config was enqueued. */
  readonly enqueued?: true;
}

/** A trial takes the result of an earlier trial with the same config, and does not run. */
export interface ReusedEvent extends OfAttempt, Partial<StoredConfig> {
  /** The kind of event. */
  readonly kind: "reused";
  /** The bracket of the trial. */
  readonly bracket: number;
  /** The fidelity to reach. */
  readonly to: number;
  /** The seed. */
  readonly seed?: number;
  /** The trial whose result is reused. */
  readonly source: number;
  /** Its metrics at that fidelity. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Whether the config was enqueued. */
  readonly enqueued?: true;
}

/** The scheduler starts a trial, but there is no further config. */
export interface AbsentEvent extends Timed {
  /** The kind of event. */
  readonly kind: "absent";
  /** The trial's number. */
  readonly trial: number;
  /** The bracket of the trial. */
  readonly bracket: number;
  /** The rung, from 0. */
  readonly rung: number;
}

/** A running attempt reports metrics. */
export interface ReportedEvent extends OfAttempt {
  /** The kind of event. */
  readonly kind: "reported";
  /** The fidelity that the trial reached. */
  readonly fidelity: number;
  /** Its metrics at that fidelity. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The time at which the lease ends now. */
  readonly until: number;
}

/** The lease of a running attempt is renewed. */
export interface ExtendedEvent extends OfAttempt {
  /** The kind of event. */
  readonly kind: "extended";
  /** The time at which the lease ends now. */
  readonly until: number;
}

/** An attempt reaches the end of its rung (`completed`), or the scheduler stops it (`stopped`). */
export interface EndedEvent extends OfAttempt {
  /** The kind of event. */
  readonly kind: "completed" | "stopped";
  /** The fidelity that the trial reached. */
  readonly fidelity: number;
  /** Its metrics at that fidelity. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The checkpoint from which the next rung can resume. */
  readonly checkpoint?: Checkpoint;
}

/** An error in the form in which the journal keeps it. */
export interface StoredError {
  /** The name of its class. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
}

/** An attempt fails, or is lost with its process or its worker. */
export interface FailedEvent extends OfAttempt {
  /** The kind of event. */
  readonly kind: "failed" | "lost";
  /** The reason. */
  readonly error: StoredError;
  /** Whether the worker told it; otherwise the study noticed it. */
  readonly told: boolean;
  /** Whether the trial is given up; otherwise the attempt is repeated. */
  readonly final: boolean;
}

/** A running attempt is given back, e.g. because the session ends: it is repeated, whatever happened before. */
export interface ReleasedEvent extends OfAttempt {
  /** The kind of event. */
  readonly kind: "released";
}

/** A trial that should resume no longer fits in the space. */
export interface DroppedEvent extends Timed {
  /** The kind of event. */
  readonly kind: "dropped";
  /** The trial's number. */
  readonly trial: number;
  /** The bracket of the trial. */
  readonly bracket: number;
  /** The rung, from 0. */
  readonly rung: number;
  /** The reason. */
  readonly error: StoredError;
}

/** The result of a trial is passed to the scheduler and the sampler (in logical order only). */
export interface SettledEvent extends Timed {
  /** The kind of event. */
  readonly kind: "settled";
  /** The trial's number. */
  readonly trial: number;
}

/** A config is enqueued. */
export interface EnqueuedEvent extends Timed, StoredConfig {
  /** The kind of event. */
  readonly kind: "enqueued";
}

/** A result from elsewhere is passed to the sampler. */
export interface WarmedEvent extends Timed, StoredConfig {
  /** The kind of event. */
  readonly kind: "warmed";
  /** The fidelity that the trial reached. */
  readonly fidelity: number;
  /** Its metrics at that fidelity. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A run of the tracker belongs to a trial. */
export interface LinkedEvent extends Timed {
  /** The kind of event. */
  readonly kind: "linked";
  /** The trial's number. */
  readonly trial: number;
  /** The run's id or UUID. */
  readonly run: number | string;
}

/** There is no further config, or the session ends. */
export interface PlainEvent extends Timed {
  /** The kind of event. */
  readonly kind: "exhausted" | "closed";
  /** Of `closed`: whether there was no further job. */
  readonly done?: true;
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
  | ReleasedEvent
  | DroppedEvent
  | SettledEvent
  | EnqueuedEvent
  | WarmedEvent
  | LinkedEvent
  | PlainEvent;

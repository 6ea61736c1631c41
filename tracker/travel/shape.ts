/** What of a run travels between files: plain data, without the ids of any file. */
import type { Dimension } from "../../internal/run_factors.ts";

/** A value of a column as JSON: what JSON cannot say is an object with one key. */
export type TravelValue =
  | null
  | number
  | string
  | { readonly int: string }
  | { readonly real: string }
  | { readonly bytes: string };

/** A row of a table, without the ids of its file. */
export type TravelRow = Readonly<Record<string, TravelValue>>;

/** The tables whose rows travel with a run, each row without the id of the run. */
export const TRAVEL_TABLES = [
  "run_details",
  "run_state",
  "attempts",
  "artifacts",
  "fingerprints",
  "fingerprint_gaps",
  "deep_fingerprints",
  "series",
] as const;

/** One of {@linkcode TRAVEL_TABLES}. */
export type TravelTable = (typeof TRAVEL_TABLES)[number];

/** What people write about a run. Everything else is written by programs. */
export interface TravelEdits {
  /** Its tags. */
  readonly tags: readonly string[];
  /** Its name. */
  readonly name: string | null;
  /** Its notes. */
  readonly notes: string | null;
  /** When it was moved to the trash. */
  readonly deleted: string | null;
}

/** A reference to content that several runs share. */
export interface TravelFactors {
  /** The attempt. */
  readonly attempt: number;
  /** The dimension. */
  readonly dimension: Dimension;
  /** How completely it was recorded. */
  readonly level: string;
  /** What is missing. */
  readonly missing: readonly string[];
  /** The name of the content with the factors. */
  readonly set: string;
}

/** The program of an attempt. */
export interface TravelProgram {
  /** The attempt. */
  readonly attempt: number;
  /** The SHA-256 of the stored program. */
  readonly hash: string;
  /** The code that only the key of the user who recorded it makes. */
  readonly seal: string | null;
}

/** All of a run but its edits, its streams and its sources. */
export interface TravelRecord {
  /** The project: its name and when it was made. */
  readonly project: TravelRow;
  /** The UUID of the run that it is a child of. */
  readonly parent: string | null;
  /** The columns of the run that programs write. */
  readonly run: TravelRow;
  /** The rows of its tables, in an order that every file agrees on. */
  readonly tables: Readonly<Record<TravelTable, readonly TravelRow[]>>;
  /** Its factors. */
  readonly factors: readonly TravelFactors[];
  /** Its programs. */
  readonly programs: readonly TravelProgram[];
}

/** The kind of a stream: points of a metric, recorded calls of a trace, or what an attempt printed. */
export type StreamKind = "point" | "call" | "console";

/** A stream: rows of a run that are only ever added, each with a place that grows. */
export interface StreamName {
  /** What is in it. */
  readonly kind: StreamKind;
  /** The metric or the trace; empty for the console. */
  readonly key: string;
  /** The attempt. */
  readonly attempt: number;
}

/** How far a file has a stream: all rows before the place `next`. */
export interface StreamState extends StreamName {
  /** The place after the last row. */
  readonly next: number;
  /** How many rows there are. */
  readonly rows: number;
}

/** A run as one file has it: enough to tell which of two files knows more. */
export interface TravelState {
  /** Its identity. */
  readonly uuid: string;
  /** The name of its project. */
  readonly project: string;
  /** What identifies each attempt, the oldest first: the same in every file. */
  readonly attempts: readonly string[];
  /** Whether it has ended. */
  readonly ended: boolean;
  /** The last heartbeat, in milliseconds since 1970; 0 without one. */
  readonly heartbeat: number;
  /** The streams. */
  readonly streams: readonly StreamState[];
  /** The SHA-256 of all that programs wrote but the streams. */
  readonly digest: string;
  /** What people wrote. */
  readonly edits: TravelEdits;
}

/** A text that a run needs only to show it: a source, a file, a diff. */
export interface TravelSource {
  /**
   * `text`: a file of its program or of its inputs; `source`: a traced function; `diff`: uncommitted changes; `words`:
   * the command line.
   */
  readonly kind: "text" | "source" | "diff" | "words";
  /** The hash of a text or a source; the attempt of a diff and of words. */
  readonly name: string;
  /** The text; of a file deflated, in Base64; of words the JSON of `argv` and `command`. */
  readonly content: string;
}

/** A part of a stream. */
export interface StreamPart extends StreamName {
  /** Its rows: those of points and calls in the order of their places. */
  readonly rows: readonly TravelRow[];
}

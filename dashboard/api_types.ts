/**
 * What the server answers: the types that it and the page share. Every address is read with GET and answers JSON.
 *
 * | address                    | query                                    | answer |
 * | -------------------------- | ---------------------------------------- | ----------------------------------------------------------- |
 * | `/api/projects`            |                                          | `ProjectsReply` |
 * | `/api/runs`                | `project`, `metric`, `since`             | `RunsReply` |
 * | `/api/matches`             | `project`, `where` (repeatable)          | `MatchesReply` |
 * | `/api/runs/ID`             |                                          | `RunReply` |
 * | `/api/runs/ID/curve`       | `metric`, `width`, `from`, `to`, `times` | `CurveReply` |
 * | `/api/runs/ID/console`     | `from`, `most`                           | `ConsoleReply` |
 * | `/api/runs/ID/artifacts`   |                                          | `ArtifactsReply` |
 * | `/api/runs/ID/artifacts/N` | `head`                                   | the bytes of the file; with `head`, its first bytes as text |
 * | `/api/why`                 | `a`, `b`, `metric`                       | `WhyReply` |
 * | `/api/compare`         | `runs` (`1,2,3`)                  | `CompareReply`       |
 * | `/api/diffs`           | `a`, `b`, `id` (repeatable)       | `DiffsReply`         |
 * | `/api/changes`         | `project`                         | `ChangesReply`       |
 * | `/api/traces`          | `project`                         | `TracesReply`        |
 * | `/api/versions`        | `project`, `id`, `metric`         | `VersionsReply`      |
 * | `/api/events`              |                                          | `text/event-stream`: `change` with a `ChangeEvent` |
 *
 * An answer that is not 200 is an {@linkcode ErrorReply}. Texts are raw: the page escapes them.
 *
 * @module
 */
import type {
  Coverage,
  Dimension,
  FactorKind,
} from "../internal/run_factors.ts";
import type {
  Artifact,
  RecordedInput,
  RunFingerprint,
} from "../tracker/mod.ts";
import type { DrawnEvidence, Explanation } from "../why/mod.ts";

/** A number; JSON has no word for the others. */
export type Figure = number | "NaN" | "Infinity" | "-Infinity";

/** A config value in a table. Lists, mappings and integers beyond 2^53 are their text. */
export type Cell = number | string | boolean | null;

/** What went wrong. */
export type ErrorKind =
  /** The request is not one that the page makes. */
  | "forbidden"
  /** The request has a mistake that a person can correct, e.g. in a condition. */
  | "usage"
  /** There is no such project, run or metric. */
  | "missing"
  /** Another process has locked the file; the same request may succeed soon. */
  | "busy"
  /** Too many answers are being computed; the same request succeeds when some are done. */
  | "full"
  /** The file is not there; the same request succeeds when it is there again. */
  | "gone"
  /** The file is damaged where the answer is. */
  | "damaged"
  /** A fault of the dashboard. */
  | "internal";

/** Why there is no answer. */
export interface ErrorReply {
  readonly error: {
    readonly kind: ErrorKind;
    /** One sentence. */
    readonly message: string;
  };
}

/** The projects of the file. */
export interface ProjectsReply {
  /** The name of the file, without its folder. */
  readonly file: string;
  /** Differs when another file has taken its place. */
  readonly identity: string;
  /** The version of Ato. */
  readonly ato: string;
  readonly projects: readonly { readonly name: string }[];
}

/** A column of config values: each distinct value once, and for each run the place of its value. */
export interface Column {
  /** The key path. */
  readonly key: string;
  readonly values: readonly Cell[];
  /** A place in `values` for each run of `ids`; -1 if the run lacks the key. */
  readonly at: readonly number[];
}

/** The runs of a project, by column: position `i` of every list belongs to the run `ids[i]`. */
export interface RunsReply {
  /** The state of the table; `since` of the next request. */
  readonly version: number;
  /** Whether these are all runs. Otherwise they are those that changed since `since`. */
  readonly isWhole: boolean;
  /**
   * Whether the table has all runs of the project. The first answer has the newest ones, so that it is fast; a request
   * with `since` gets more.
   */
  readonly isComplete: boolean;
  /** The metrics of the project, those of the most runs first. */
  readonly metrics: readonly string[];
  /** The metric of `last`, `min` and `max`; absent if there is none. */
  readonly metric?: string;
  readonly ids: readonly number[];
  readonly names: readonly (string | null)[];
  readonly statuses: readonly string[];
  /** Milliseconds since 1970. */
  readonly started: readonly (number | null)[];
  /** Seconds. */
  readonly durations: readonly (number | null)[];
  readonly tags: readonly (readonly string[])[];
  readonly last: readonly (Figure | null)[];
  readonly min: readonly (Figure | null)[];
  readonly max: readonly (Figure | null)[];
  /** The config keys whose values differ among the runs of the project. */
  readonly differing: readonly Column[];
  /** The config keys that have the same value in all runs. */
  readonly same: readonly { readonly key: string; readonly value: Cell }[];
  /** What is left out because the file is damaged, one sentence each. */
  readonly warnings: readonly string[];
}

/** The runs that meet all conditions. */
export interface MatchesReply {
  readonly version: number;
  readonly ids: readonly number[];
}

/** A value of a run's config. */
export interface ConfigRow {
  readonly key: string;
  readonly value: string;
  /** What set it, e.g. `defaults, train.ts:12`; empty if it is not known. */
  readonly setBy: string;
  /** The assignments before, the newest first. */
  readonly before: readonly {
    readonly value: string;
    readonly setBy: string;
  }[];
}

/** A summary of a metric. */
export interface MetricRow {
  readonly metric: string;
  readonly count: number;
  readonly nonfinite: number;
  readonly divergedAt?: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly last: Figure;
  readonly min?: number;
  readonly max?: number;
}

/** A run. A part that is damaged is empty, and `damaged` has a sentence about it. */
export interface RunReply {
  readonly id: number;
  readonly uuid?: string;
  readonly project: string;
  readonly name?: string;
  readonly notes?: string;
  readonly tags: readonly string[];
  readonly seed?: string;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly started?: number;
  readonly ended?: number;
  /** Seconds. */
  readonly duration?: number;
  readonly isDeleted: boolean;
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly stack?: string;
  };
  readonly config: readonly ConfigRow[];
  readonly metrics: readonly MetricRow[];
  readonly fingerprints: readonly Pick<
    RunFingerprint,
    "traceId" | "type" | "hash" | "calls"
  >[];
  readonly fingerprintGaps: readonly {
    readonly traceId: string;
    readonly reason: string;
  }[];
  /** Names and texts. */
  readonly environment: readonly (readonly [name: string, text: string])[];
  /** Whether its sources and its output stayed where it was pushed from. */
  readonly areSourcesElsewhere: boolean;
  readonly coverage?: Readonly<Record<Dimension, Coverage>>;
  readonly inputs: readonly RecordedInput[];
  readonly artifacts: readonly Artifact[];
  readonly damaged: readonly string[];
}

/**
 * A curve as its envelope: every part has the least, greatest and last value of its points. Zoomed in, each part is
 * one point.
 */
export interface CurveReply {
  readonly metric: string;
  /** The number of points in the range. */
  readonly count: number;
  /** Whether each part is one point. */
  readonly isPoints: boolean;
  /** The greatest step of each part. */
  readonly steps: readonly number[];
  /** When the greatest step of each part was logged, in milliseconds since 1970, if `times=1` asked for it. */
  readonly times?: readonly (number | null)[];
  /** `null` if no value of the part is finite. */
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly last: readonly (number | null)[];
  /** The steps of parts that have values that are NaN or infinite. */
  readonly nonfinite: readonly number[];
}

/** A part of what the program of a run printed. */
export interface ConsolePiece {
  readonly stream: "stdout" | "stderr";
  /** The bytes before it that were not kept. */
  readonly missing: number;
  /** As it was printed; bytes that are no UTF-8 are U+FFFD. */
  readonly text: string;
}

/** What the program of a run printed. The places are bytes of the whole output. */
export interface ConsoleReply {
  readonly pieces: readonly ConsolePiece[];
  /** The place of the first byte of the answer. */
  readonly start: number;
  /** The place after its last byte: `from` of the next request. */
  readonly end: number;
  readonly isRunning: boolean;
}

/** How an artifact is shown. */
export type ArtifactView =
  | "image"
  | "text"
  /** It can be downloaded. */
  | "file"
  /** It cannot be had; `reason` says why. */
  | "none";

/** An artifact of a run. */
export interface ShownArtifact {
  /** The number in its address. */
  readonly id: number;
  /** As the run gave it. */
  readonly path: string;
  readonly type?: string;
  /** The size that was recorded. */
  readonly size?: number;
  readonly sha256?: string;
  readonly view: ArtifactView;
  /** Whether its size is another one now. */
  readonly isChanged?: boolean;
  /** Why it is not shown: one sentence. */
  readonly reason?: string;
}

/** The artifacts of a run. */
export interface ArtifactsReply {
  readonly artifacts: readonly ShownArtifact[];
}

/** What a run has of something that is compared. What was not recorded is never shown as equal or as missing. */
export type ComparedCell =
  | { readonly is: "value"; readonly text: string; readonly setBy?: string }
  | { readonly is: "absent" }
  | { readonly is: "unknown" };

/** Something that differs among runs, or may. */
export interface ComparedRow {
  /** The id of the factor, e.g. `config:lr`. */
  readonly id: string;
  readonly kind: FactorKind;
  /** What each run has. */
  readonly cells: readonly ComparedCell[];
  /** `unknown` if it may differ: a run did not record it, and the others agree. */
  readonly state: "different" | "unknown";
}

/** A run that is compared. */
export interface ComparedRun {
  readonly id: number;
  readonly name?: string;
  readonly project: string;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly started?: number;
  readonly metrics: readonly {
    readonly metric: string;
    readonly count: number;
    readonly last: Figure;
  }[];
  /** How completely it was recorded; absent if nothing says so. */
  readonly coverage?: Readonly<Record<Dimension, Coverage>>;
}

/** What differs among runs. */
export interface CompareReply {
  readonly runs: readonly ComparedRun[];
  /** The rows, at most 200 of each kind. */
  readonly rows: readonly ComparedRow[];
  /** The number of rows of each kind that are left out. */
  readonly leftOut: Readonly<Partial<Record<FactorKind, number>>>;
}

/** The texts that changed with factors. */
export interface DiffsReply {
  /** Unified diffs by the id of the factor; those whose texts were not stored are missing. */
  readonly diffs: Readonly<Record<string, string>>;
}

/** Why two runs gave different results, as `ato why --json` says it, and its evidence to be drawn. */
export interface WhyReply extends Explanation {
  /** The project of the first run. */
  readonly project: string;
  readonly drawn: DrawnEvidence;
  /** What set the config values that differ, by the id of the factor. */
  readonly setBy: Readonly<Record<string, string>>;
  /** Differs from that of a later {@linkcode WhyStateReply} if a run that the answer rests on has changed since. */
  readonly state: string;
}

/** How the runs are that an answer of why rests on. */
export interface WhyStateReply {
  readonly state: string;
}

/** Which factors runs have, so that any two neighbours can be compared. Seeds are left out: they are noise. */
export interface ChangesReply {
  /** The runs that were read, oldest first. */
  readonly ids: readonly number[];
  /** The ids of factors. */
  readonly names: readonly string[];
  /** Values of factors, shortened; equal numbers are equal values. */
  readonly values: readonly string[];
  /** Sets of factors: a place in `names`, a place in `values`, and so on. */
  readonly sets: readonly (readonly number[])[];
  /** For each dimension, the place in `sets` of each run. */
  readonly of: Readonly<Record<Dimension, readonly number[]>>;
  /** How completely each run recorded each dimension: 0 none, 1 in part, 2 in full. */
  readonly levels: Readonly<Record<Dimension, readonly (0 | 1 | 2)[]>>;
  /** The number of runs that were not read. */
  readonly leftOut: number;
}

/** The traces of a project. */
export interface TracesReply {
  readonly traces: readonly string[];
  /** The number of runs, the newest ones, that were looked at. */
  readonly among: number;
}

/** The versions of a trace, or of a factor. */
export interface VersionsReply {
  readonly versions: readonly {
    /** `static`, `deep` or `runtime` for a trace; the kind of a factor otherwise. */
    readonly type: string;
    readonly value: string;
    readonly runs: number;
    /** Of a factor: its first and its last run. */
    readonly first?: number;
    readonly last?: number;
    /** Of a trace: milliseconds since 1970. */
    readonly firstSeen?: number;
    readonly lastSeen?: number;
    /** The mean of the last finite values of the metric. */
    readonly mean?: number;
  }[];
  /** The number of runs that were not read. */
  readonly leftOut: number;
}

/** The file changed. */
export interface ChangeEvent {
  /** Differs from that of the event before. */
  readonly version: number;
}

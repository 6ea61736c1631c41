/**
 * What the reasoning of `why` knows of runs. It is data: `tracker` reads it from a file, `why` computes on it
 * without a database, and tests and simulations make it by hand.
 *
 * @module
 */
import type { Coverage, Dimension } from "./run_factors.ts";

/** A summary of one metric of a run. Points that a later attempt replaced do not count. */
export interface MetricFacts {
  /** The number of points. */
  readonly count: number;
  /** The greatest step. */
  readonly lastStep: number;
  /** The value at the greatest step; NaN or infinite if the run diverged. */
  readonly last: number;
  /** The last finite value; `undefined` if there is none. */
  readonly lastFinite: number | undefined;
  /** The least finite value. */
  readonly min: number | undefined;
  /** The greatest finite value. */
  readonly max: number | undefined;
  /**
   * The values at some steps. For two runs of different length the value at the last common step is
   * needed, which is the smaller `lastStep` of the two.
   */
  readonly valueAt?: ReadonlyMap<number, number>;
}

/** The factors of a run, and how completely each dimension was recorded. */
export interface RecordedFactors {
  /** How completely each dimension was recorded. */
  readonly coverage: Readonly<Record<Dimension, Coverage>>;
  /**
   * Its factors by id, the seed and labels included. Values are compared as strings: JSON text for
   * config and environment, hashes for code and inputs, versions for packages.
   */
  readonly factors: ReadonlyMap<string, string>;
  /**
   * Names the set of factors of each dimension, if the factors come from a file: two runs with the same name
   * have the same factors in that dimension, so they need not be compared one by one.
   */
  readonly sets?: Readonly<Partial<Record<Dimension, number>>>;
}

/** The form of a piece of code apart from the names that it uses. */
export interface CodeShape {
  /** Code of one shape differs in names alone. */
  readonly shape: string;
  /** The names that it uses, in order of first encounter. */
  readonly uses: readonly string[];
  /** Whether code may find it by a name that is no reference. @default {false} */
  readonly isNamed?: boolean;
}

/** A run as a set of factors and a result. */
export interface RunFacts extends RecordedFactors {
  /** Its id. */
  readonly id: number;
  /** Its status: `completed`, `failed`, `interrupted`, `crashed`, `running`. */
  readonly status: string;
  /** The error that ended it, one line. */
  readonly error?: string;
  /** When it started, in milliseconds since 1970. */
  readonly startedAt?: number;
  /** The ids of config leaves that nothing read. */
  readonly unread: ReadonlySet<string>;
  /** Its metrics by name. */
  readonly metrics: ReadonlyMap<string, MetricFacts>;
  /**
   * The shapes of its declarations by the id of their factor, also of those that nothing uses, so that code whose names changed is not taken for other
   * code; absent if they are not known.
   */
  readonly shapes?: ReadonlyMap<string, CodeShape>;
  /** False if the run did not record how it was started, so that no command repeats it. @default {true} */
  readonly isRepeatable?: boolean;
}

/** The first step at which the points of a metric differ in two runs. */
export interface PointDivergence {
  /** The name of the metric. */
  readonly metric: string;
  /** The step. */
  readonly step: number;
  /** The value in the first run at that step, if it has one. */
  readonly a: number | undefined;
  /** The value in the second run. */
  readonly b: number | undefined;
}

/** The first call of a trace whose outputs differ in two runs. */
export interface CallDivergence {
  /** The id of the trace. */
  readonly traceId: string;
  /** The first call that differs, from 0. */
  readonly call: number;
}

/** Two runs of a project, and the runs that may say something about them. */
export interface History {
  /** The first run. */
  readonly a: RunFacts;
  /** The second run. */
  readonly b: RunFacts;
  /** The other runs of the project, the nearest recipes first; `a` and `b` are not among them. */
  readonly others: readonly RunFacts[];
  /** How many runs of the project were left out. */
  readonly leftOut: number;
  /** Where the points of metrics of the two first differ; absent if the points were not compared. */
  readonly divergence?: readonly PointDivergence[];
  /** The traces whose outputs differ, earliest first; absent if the outputs were not compared. */
  readonly outputs?: readonly CallDivergence[];
}

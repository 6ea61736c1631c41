/**
 * What a config can tell the tracker about the run that it belongs to.
 *
 * A `Scope` attaches a {@linkcode RunSource} to the config that it resolves, under
 * {@linkcode RUN_SOURCE}; the tracker reads it from there. So neither needs the other: this file
 * holds the contract between them and loads nothing.
 *
 * @module
 */
import type { Origin } from "./origin.ts";

export type { Origin } from "./origin.ts";

/** The symbol property of a config that holds its {@linkcode RunSource}. */
export const RUN_SOURCE: unique symbol = Symbol.for("ato.run-source") as never;

/** One assignment in the history of a config key. */
export interface HistoryEntry {
  /** The key path that was set, e.g. `model.depth`; only `scope.explain` gives it. */
  readonly path?: string;
  /** The value that was set, as plain data. */
  readonly value: unknown;
  /** What kind of thing set it. */
  readonly kind:
    | "initial"
    | "view"
    | "lazy"
    | "command-line"
    | "parser"
    | "code";
  /** The name of the view, or the command-line word; empty for `initial` and `code`. */
  readonly by: string;
  /** Where, if it is known. */
  readonly at?: Origin;
  /** True when this entry removed the key; `value` is then `undefined`. */
  readonly deleted?: boolean;
}

/** The history of a config: every assignment to each key path, oldest first. */
export type ConfigHistory = Readonly<Record<string, readonly HistoryEntry[]>>;

/** The fingerprint of one traced function. */
export interface CodeRecord {
  /** The id given to `scope.trace`. */
  readonly traceId: string;
  /** `ato-code-v1:…`, or `undefined` where there is none; then `reason` says why. */
  readonly hash?: string;
  /** Why there is no hash. */
  readonly reason?: string;
  /** The canonical source that was hashed. */
  readonly source?: string;
  /** The hashes of the helpers named in `uses`, by name. */
  readonly uses?: Readonly<Record<string, string>>;
  /** The canonical sources of the helpers named in `uses`, by name. */
  readonly usesSources?: Readonly<Record<string, string>>;
  /** What the function uses, unless that was switched off. */
  readonly deep?: DeepRecord;
}

/** A piece of code or data that a traced function uses. */
export interface CodeDependency {
  /** Where it is: `utils.ts#normalize`, `data.json`, `npm:lodash#chunk`. */
  readonly id: string;
  /** What it is. */
  readonly kind:
    | "function"
    | "class"
    | "variable"
    | "namespace"
    | "json"
    | "package"
    | "included"
    | "captured";
  /** The fingerprint of it alone; names and places in files do not count. */
  readonly hash: string;
  /** Its canonical source, to show; packages have none. */
  readonly source?: string;
}

/** Something that can change what a traced function does, and that no fingerprint sees. */
export interface BlindSpot {
  /** What kind of thing, e.g. `captured`, `mutable`, `dynamic-import`, `remote`, `too-large`. */
  readonly kind: string;
  /** Which one, in words. */
  readonly what: string;
}

/** What a traced function uses, through the module graph. */
export interface DeepRecord {
  /** `ato-deep-v1:…` of the function and all that it uses; `undefined` where there is none. */
  readonly hash?: string;
  /** `ato-graph-v1:…` of every reachable local module, whole. */
  readonly graph?: string;
  /** Why there is no deep fingerprint. */
  readonly reason?: string;
  /**
   * The fingerprint of the function alone, in which the names of what it uses do not count; it tells
   * a function that was edited from one whose helper was renamed.
   */
  readonly own?: string;
  /** What the function uses, nearest first; the function itself is not among them. */
  readonly dependencies: readonly CodeDependency[];
  /** Versions of the packages used by the reachable modules, e.g. `npm:lodash` at `4.17.21`. */
  readonly packages: Readonly<Record<string, string>>;
  /** Names that belong to the runtime, e.g. `Math`. */
  readonly globals: readonly string[];
  /** What cannot be seen. */
  readonly blindSpots: readonly BlindSpot[];
  /** The hash of each reachable local module, by its path: what the graph is made of. */
  readonly modules: Readonly<Record<string, string>>;
}

/** A small numeric summary, so that "differs by 1 ulp" can be told from "differs". */
export interface NumericSketch {
  /** How many numbers. */
  readonly count: number;
  /** How many of them are NaN. */
  readonly nanCount: number;
  /** The least, NaN left out; `null` where there is none. */
  readonly min: number | null;
  /** The greatest, NaN left out; `null` where there is none. */
  readonly max: number | null;
  /** The mean, NaN left out; `null` where there is none. */
  readonly mean: number | null;
  /** The Euclidean norm, NaN left out. */
  readonly l2: number;
  /** Up to 16 numbers at evenly spread positions. */
  readonly samples: readonly number[];
}

/** One call of a function under `scope.runtimeTrace`. */
export interface OutputRecord {
  /** The id given to `scope.runtimeTrace`. */
  readonly traceId: string;
  /** Position among all recorded calls of the run, from 0. */
  readonly sequence: number;
  /** Position among the calls of this trace, from 0. */
  readonly call: number;
  /** How the call ended: with a value, with an exception, by an early exit from an iterator. */
  readonly outcome: "value" | "error" | "partial";
  /** `ato-value-v1…:…` of the value, of the error, or of what flowed before the early exit. */
  readonly hash?: string;
  /** Why there is no hash (a value that cannot be fingerprinted). */
  readonly reason?: string;
  /** A summary of the numbers in the value, if it has any. */
  readonly sketch?: NumericSketch;
}

/** What a config can tell about the run that it belongs to. */
export interface RunSource {
  /** The name of the scope. */
  readonly name: string;
  /** Returns the history of every key. */
  history(): ConfigHistory;
  /** The fingerprints of every function traced so far. */
  codeRecords(): Promise<readonly CodeRecord[]>;
  /**
   * Delivers code records of functions traced from now on.
   *
   * @returns a function that ends the subscription.
   */
  onCode(listener: (record: CodeRecord) => void): () => void;
  /**
   * Delivers the output records that no earlier listener has been given, then those to come.
   *
   * @returns a function that ends the subscription.
   */
  onOutput(listener: (record: OutputRecord) => void): () => void;
  /** Records what is still open, as partial: iterators that nobody read to their end. */
  flush?(): void;
}

/**
 * What a config knows about the run that it belongs to, for the tracker.
 *
 * A `Scope` attaches a {@linkcode RunSource} to the config that it resolves, under
 * {@linkcode RUN_SOURCE}, and the tracker reads it from there. Therefore the two rooms depend on this
 * contract and not on each other.
 *
 * @module
 */
import type { Origin } from "./origin.ts";
import type { ParseCache, ProgramSnapshot } from "./run_factors.ts";
import type { LateRecord, SeenRead } from "./run_inputs.ts";

export type { Origin } from "./origin.ts";

/** The symbol under which a config has its {@linkcode RunSource}. */
export const RUN_SOURCE: unique symbol = Symbol.for("ato.run-source") as never;

/** One assignment in the history of a config key. */
export interface HistoryEntry {
  /** The key path that was set, e.g. `model.depth`; only `scope.explain` returns it. */
  readonly path?: string;
  /** The value that was set, as plain data. */
  readonly value: unknown;
  /** The kind of the setter. */
  readonly kind:
    | "initial"
    | "view"
    | "lazy"
    | "command-line"
    | "parser"
    | "code";
  /** The name of the view, or the word of the command line; empty for `initial` and `code`. */
  readonly by: string;
  /** The place of the assignment, if it is known. */
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
  /** `ato-code-v1:…`; `undefined` if there is none, and then `reason` says why. */
  readonly hash?: string;
  /** Why there is no hash. */
  readonly reason?: string;
  /** The canonical source that was hashed. */
  readonly source?: string;
  /** The hashes of the helpers named in `uses`, by name. */
  readonly uses?: Readonly<Record<string, string>>;
  /** The canonical sources of the helpers named in `uses`, by name. */
  readonly usesSources?: Readonly<Record<string, string>>;
  /** What the function uses, unless `deep` was false. */
  readonly deep?: DeepRecord;
}

/** A piece of code or data that a traced function uses. */
export interface CodeDependency {
  /** Its place: `utils.ts#normalize`, `data.json`, `npm:lodash#chunk`. */
  readonly id: string;
  /** Its kind. */
  readonly kind:
    | "function"
    | "class"
    | "variable"
    | "namespace"
    | "json"
    | "package"
    | "included"
    | "captured";
  /** Its fingerprint without what it uses; names and places in files do not count. */
  readonly hash: string;
  /** Its canonical source, for display; packages have none. */
  readonly source?: string;
}

/** Something that can change what a traced function does and that no fingerprint covers. */
export interface BlindSpot {
  /** Its kind, e.g. `captured`, `mutable`, `dynamic-import`, `remote`, `too-large`. */
  readonly kind: string;
  /** Its description. */
  readonly what: string;
}

/** What a traced function uses, through the module graph. */
export interface DeepRecord {
  /** `ato-deep-v1:…` of the function and all that it uses; `undefined` if there is none. */
  readonly hash?: string;
  /** `ato-graph-v1:…` of the whole source of every reachable local module. */
  readonly graph?: string;
  /** Why there is no deep fingerprint. */
  readonly reason?: string;
  /**
   * The fingerprint of the function alone. The names of what it uses do not count, so it distinguishes an
   * edited function from one whose helper was renamed.
   */
  readonly own?: string;
  /** What the function uses, nearest first, without the function itself. */
  readonly dependencies: readonly CodeDependency[];
  /** Versions of the packages used by the reachable modules, e.g. `npm:lodash` at `4.17.21`. */
  readonly packages: Readonly<Record<string, string>>;
  /** Names that belong to the runtime, e.g. `Math`. */
  readonly globals: readonly string[];
  /** What no fingerprint covers. */
  readonly blindSpots: readonly BlindSpot[];
  /** The hash of each reachable local module, by path: the parts of `graph`. */
  readonly modules: Readonly<Record<string, string>>;
}

/** A small numeric summary, which distinguishes "differs by 1 ulp" from "differs". */
export interface NumericSketch {
  /** The number of values. */
  readonly count: number;
  /** The number of NaN values. */
  readonly nanCount: number;
  /** The minimum without NaN; `null` if there is none. */
  readonly min: number | null;
  /** The maximum without NaN; `null` if there is none. */
  readonly max: number | null;
  /** The mean without NaN; `null` if there is none. */
  readonly mean: number | null;
  /** The Euclidean norm without NaN. */
  readonly l2: number;
  /** Up to 16 values at evenly spaced positions. */
  readonly samples: readonly number[];
}

/** One call of a function under `scope.runtimeTrace`. */
export interface OutputRecord {
  /** The id given to `scope.runtimeTrace`. */
  readonly traceId: string;
  /** The index among all recorded calls of the run, from 0. */
  readonly sequence: number;
  /** The index among the calls of this trace, from 0. */
  readonly call: number;
  /** How the call ended: with a value, with an exception, or with an iterator that was left early. */
  readonly outcome: "value" | "error" | "partial";
  /** `ato-value-v1…:…` of the value, of the error, or of the items before the iterator was left. */
  readonly hash?: string;
  /** Why there is no hash: the value cannot be fingerprinted. */
  readonly reason?: string;
  /** A summary of the numbers in the value, if it has any. */
  readonly sketch?: NumericSketch;
}

/** What a config knows about the run that it belongs to. */
export interface RunSource {
  /** The name of the scope. */
  readonly name: string;
  /** Returns the history of every key. */
  history(): ConfigHistory;
  /** Returns the fingerprints of every function traced so far. */
  codeRecords(): Promise<readonly CodeRecord[]>;
  /**
   * Calls the listener with the record of each function that is traced later.
   *
   * @returns a function that unsubscribes the listener.
   */
  onCode(listener: (record: CodeRecord) => void): () => void;
  /**
   * Calls the listener with the output records that no earlier listener got, then with later ones.
   *
   * @returns a function that unsubscribes the listener.
   */
  onOutput(listener: (record: OutputRecord) => void): () => void;
  /** Records what is still open as partial: iterators that were not read to their end. */
  flush?(): void;
  /**
   * Returns the snapshot of the program that was taken before it started, e.g. by `ato run`; without it, the
   * tracker takes one of the script of this process.
   */
  program?(): Promise<ProgramSnapshot | undefined>;
  /**
   * Whether this process only starts the program, as `ato run` does: then its own runtime decides nothing. That of
   * the program is among its packages.
   */
  readonly isLauncher?: boolean;
  /**
   * What config, code and inputs lack until a late record says more; absent if all is known at the start. Of a
   * process that is killed, this is what stays.
   */
  readonly unsettled?: string;
  /**
   * Returns the words of the program's command line that are not in the config. Without it, the words of this
   * process count.
   */
  words?(): readonly string[];
  /**
   * Calls the listener with the inputs that the program has named so far, then with later ones.
   *
   * @returns a function that unsubscribes the listener.
   */
  onInput?(listener: (read: SeenRead) => void): () => void;
  /**
   * Calls the listener with what becomes known of the run after its start; a later record replaces the parts that it
   * has. The run ends after the promise of {@linkcode RunSource.settle}.
   *
   * @returns a function that unsubscribes the listener.
   */
  onLate?(listener: (record: LateRecord) => void): () => void;
  /**
   * Hands out the last records to the listeners of {@linkcode RunSource.onLate}; called before the run ends. It may keep
   * what parsing files gave in the cache.
   */
  settle?(cache?: ParseCache): Promise<void>;
}

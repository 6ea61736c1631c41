/**
 * The settings that the tracker reads from a config.
 *
 * @module
 */
import { kindOf } from "../internal/kind_of.ts";
import { sqlitePath } from "./_sqlite_path.ts";
import { TrackerUsageError } from "./errors.ts";

/** A config for the tracker: any object with `experiment`, or an ADict of unknown keys. */
export type TrackerConfig =
  | ExperimentConfig
  // An object literal may have other keys, too.
  | ExperimentConfig & Readonly<Record<string, unknown>>
  | UntypedConfig;

/** An ADict whose keys the type system does not know; `experiment` is looked up when it is used. */
export interface UntypedConfig {
  /** Reads the value at a key path. */
  getByPath(path: string, fallback?: unknown): unknown;
}

/** The part of a config that says where runs are stored. */
export interface ExperimentConfig {
  /** Where runs are stored. The snake-case names of Python ato are accepted, too. */
  readonly experiment?: {
    /** The project that the run belongs to. */
    readonly projectName?: string;
    /** The same, as Python ato spells it. */
    // deno-lint-ignore camelcase
    readonly project_name?: string;
    /** The database. */
    readonly sql?: {
      /** `sqlite:///file.db` or a path. */
      readonly dbPath?: string;
      /** The same, as Python ato spells it. */
      // deno-lint-ignore camelcase
      readonly db_path?: string;
    };
    /** Where the run is sent while it runs, e.g. `mlflow+http://127.0.0.1:5000`; by a process of its own. */
    readonly sync?: string | readonly string[];
  };
}

/**
 * Reads a string of a config, under the first of several names that it has.
 *
 * @throws {TrackerUsageError} If the config is not an object, or the value is not a string.
 */
function textAt(
  config: TrackerConfig,
  above: readonly string[],
  names: readonly string[],
): string | undefined {
  // Plain JavaScript can pass anything.
  const given: unknown = config;
  if (typeof given !== "object" || given === null) {
    throw new TrackerUsageError(
      `Cannot read the config: it is ${
        kindOf(given)
      }; pass an object with experiment.projectName and experiment.sql.dbPath`,
    );
  }
  for (const name of names) {
    const value = valueAt(given, [...above, name]);
    if (value === undefined || value === null || value === "") continue;
    if (typeof value === "string") return value;
    throw new TrackerUsageError(
      `Cannot use ${[...above, name].join(".")} of the config: it is ${
        kindOf(value)
      }; set it to a string`,
    );
  }
  return undefined;
}

/** Reads the value at a path. An ADict is read by its method, because its properties may create missing keys. */
function valueAt(config: object, path: readonly string[]): unknown {
  const { getByPath } = config as Partial<UntypedConfig>;
  if (typeof getByPath === "function") {
    return getByPath.call(config, path as never);
  }
  let at: unknown = config;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/**
 * Returns the project's name in a config.
 *
 * @param config The config.
 * @returns the name.
 * @throws {TrackerUsageError} If there is none, or if it is not a string.
 */
export function projectNameOf(config: TrackerConfig): string {
  const name = textAt(config, ["experiment"], ["projectName", "project_name"]);
  if (name === undefined) {
    throw new TrackerUsageError(
      "Cannot find the project: the config has no experiment.projectName; set it to a name",
    );
  }
  return name;
}

/**
 * Returns where the runs of a config are sent while they run.
 *
 * @param config The config.
 * @returns the addresses; none if it names none.
 * @throws {TrackerUsageError} If `experiment.sync` is no text and no list of texts.
 */
export function syncOf(config: TrackerConfig): readonly string[] {
  const value = valueAt(config, ["experiment", "sync"]);
  if (value === undefined || value === null || value === "") return [];
  const all: unknown[] = typeof value === "string" ? [value] : listOf(value);
  for (const one of all) {
    if (typeof one === "string") continue;
    throw new TrackerUsageError(
      `Cannot use experiment.sync of the config: it has ${
        kindOf(one)
      }; set it to a list of addresses, e.g. ["mlflow+http://127.0.0.1:5000"]`,
    );
  }
  return all as string[];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? [...value] : [value];
}

/**
 * Returns the path of the database file in a config.
 *
 * @param config The config, or the path or `sqlite:///` URL itself.
 * @returns the path.
 * @throws {TrackerUsageError} If there is none, if it names another kind of database, or if it is
 * certainly a mistake: a Windows path on another system, or a path that starts with `~`.
 */
export function dbPathOf(config: TrackerConfig | string): string {
  if (typeof config === "string") return sqlitePath(config);
  const path = textAt(config, ["experiment", "sql"], ["dbPath", "db_path"]);
  if (path === undefined) {
    throw new TrackerUsageError(
      'Cannot find the database: the config has no experiment.sql.dbPath; set it to "sqlite:///file.db" or a path',
    );
  }
  return sqlitePath(path);
}

/**
 * What the tracker reads from a config.
 *
 * @module
 */
import { kindOf } from "../internal/kind_of.ts";
import { sqlitePath } from "./_sqlite_path.ts";
import { TrackerUsageError } from "./errors.ts";

/** A config as the tracker reads it: any object with `experiment`, or an ADict of unknown keys. */
export type TrackerConfig =
  | ExperimentConfig
  // An object literal may have other keys besides.
  | ExperimentConfig & Readonly<Record<string, unknown>>
  | UntypedConfig;

/** An ADict whose keys the type system does not know; `experiment` is looked for when it is used. */
export interface UntypedConfig {
  /** Reads along a dotted path. */
  getByPath(path: string, fallback?: unknown): unknown;
}

/** The part of a config that says where runs go. */
export interface ExperimentConfig {
  /** Where runs go. Snake-case names, as Python ato has them, serve too. */
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
  };
}

/**
 * Reads a text of a config, under the first of some names.
 *
 * @throws {TrackerUsageError} if the config is not an object, or what is there is no text.
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
      }; set it to a text`,
    );
  }
  return undefined;
}

/** Reads along a path; an ADict is asked by its method, as its dot may make missing keys up. */
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
 * The project's name in a config.
 *
 * @param config The config.
 * @returns the name.
 * @throws {TrackerUsageError} if there is none, or if it is no text.
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
 * The path of the database file in a config.
 *
 * @param config The config, or the path or `sqlite:///` URL itself.
 * @returns the path.
 * @throws {TrackerUsageError} if there is none, if it names another kind of database, or a file that surely
 * nobody means: a path of Windows elsewhere, one that begins with `~`.
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

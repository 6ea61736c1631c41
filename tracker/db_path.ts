/**
 * What the tracker reads from a config.
 *
 * @module
 */

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

/** The part that says where runs go, whatever the type system knows of it. */
function experimentOf(config: TrackerConfig): ExperimentConfig["experiment"] {
  return (config as ExperimentConfig).experiment;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * The project's name in a config.
 *
 * @param config The config.
 * @returns the name.
 * @throws {TypeError} if there is none.
 */
export function projectNameOf(config: TrackerConfig): string {
  const experiment = experimentOf(config);
  const name = text(experiment?.projectName) ?? text(experiment?.project_name);
  if (name === undefined) {
    throw new TypeError(
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
 * @throws {TypeError} if there is none, or if it names another kind of database.
 */
export function dbPathOf(config: TrackerConfig | string): string {
  if (typeof config === "string") return toPath(config);
  const sql = experimentOf(config)?.sql;
  const path = text(sql?.dbPath) ?? text(sql?.db_path);
  if (path === undefined) {
    throw new TypeError(
      'Cannot find the database: the config has no experiment.sql.dbPath; set it to "sqlite:///file.db" or a path',
    );
  }
  return toPath(path);
}

/** `sqlite:///a.db` is relative, `sqlite:////a.db` absolute, as SQLAlchemy has it. */
function toPath(path: string): string {
  const url = /^sqlite(?:\+\w+)?:\/\/\/(.*)$/.exec(path);
  if (url !== null) return url[1] === "" ? ":memory:" : url[1]!;
  if (/^sqlite(\+\w+)?:\/\/$/.test(path)) return ":memory:";
  const other = /^([a-z][a-z0-9+]+):\/\//i.exec(path);
  if (other !== null) {
    throw new TypeError(
      `Cannot use ${
        other[1]
      }: only SQLite is supported; write experiment.sql.dbPath as "sqlite:///file.db" or a path`,
    );
  }
  return path;
}

/** The rows of a study in a file of Optuna. */
import type { Connection, Row, SqlValue } from "../../tracker/mod.ts";
import { canonicalText } from "../spaces/_canonical_text.ts";
import { quoted } from "./_quoted.ts";
import { OptunaStudyError } from "./errors.ts";
import {
  type Distribution,
  parsePythonJson,
  readDistribution,
} from "./_read_distribution.ts";
import { SCHEMA } from "./_schema.ts";
import type { OptunaState } from "./write_optuna_study.ts";

/** A parameter of a trial: Optuna's number for it, and its distribution. */
export interface RawParameter {
  readonly number: number;
  readonly distribution: Distribution;
}

/** A trial, as the file has it. */
export interface RawTrial {
  readonly number: number;
  readonly state: OptunaState;
  readonly parameters: Map<string, RawParameter>;
  readonly values: Map<number, number>;
  readonly steps: Map<number, number>;
  readonly attributes: Record<string, unknown>;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
}

/** A study, as the file has it. */
export interface RawStudy {
  readonly name: string;
  readonly version: string;
  readonly modes: readonly ("min" | "max")[];
  /** The names that the study gives its values; none if it gives none. */
  readonly metricNames: readonly string[] | undefined;
  readonly trials: readonly RawTrial[];
}

const STATES: ReadonlySet<unknown> = new Set<OptunaState>([
  "RUNNING",
  "COMPLETE",
  "PRUNED",
  "FAIL",
  "WAITING",
]);

/** Reads a study; the only one if no name is given. */
export function readRows(
  connection: Connection,
  path: string,
  name: string | undefined,
): RawStudy {
  return new Reader(connection, path).read(name);
}

class Reader {
  readonly #connection: Connection;
  readonly #path: string;
  #study = "";

  constructor(connection: Connection, path: string) {
    this.#connection = connection;
    this.#path = path;
  }

  read(wanted: string | undefined): RawStudy {
    const version = this.#version();
    const { id, name } = this.#find(wanted);
    this.#study = name;
    const trials = new Map<number, RawTrial>();
    const rows = this.#all(
      "SELECT trial_id, number, state, datetime_start, datetime_complete FROM trials WHERE study_id = ? ORDER BY number",
      id,
    );
    for (const row of rows) {
      const number = this.#integer(row["number"], "the number of a trial");
      const state = row["state"];
      if (!STATES.has(state)) {
        this.#refuse(`trial ${number} has the state ${quoted(state)}`);
      }
      const key = this.#integer(row["trial_id"], "the id of a trial");
      trials.set(key, {
        number,
        state: state as OptunaState,
        parameters: new Map(),
        values: new Map(),
        steps: new Map(),
        attributes: {},
        startedAt: timeOf(row["datetime_start"]),
        endedAt: timeOf(row["datetime_complete"]),
      });
    }
    const modes = this.#modes(id);
    this.#parameters(id, trials);
    this.#numbers(id, trials, modes.length);
    this.#attributes(id, trials);
    const metricNames = this.#metricNames(id, modes.length);
    return { name, version, modes, metricNames, trials: [...trials.values()] };
  }

  /** Returns the version of Optuna that made the file, if its tables are those of version 12. */
  #version(): string {
    for (const table of ["version_info", "studies", "trials"]) {
      if (this.#columns(table).size > 0) continue;
      throw new OptunaStudyError(
        this.#path,
        `Cannot read ${this.#path}: it has no table ${table}, so it is no storage of Optuna; name its SQLite file`,
      );
    }
    const row = this.#all(
      "SELECT schema_version, library_version FROM version_info",
    )[0];
    const library = String(row?.["library_version"] ?? "an unknown version");
    const schema = row?.["schema_version"];
    const isOld = this.#columns("study_directions").size === 0 ||
      !this.#columns("trial_values").has("objective") ||
      !this.#columns("trial_intermediate_values").has("intermediate_value");
    if (schema !== SCHEMA.version || isOld) {
      throw new OptunaStudyError(
        this.#path,
        `Cannot read ${this.#path}: its tables are those of Optuna ${
          quoted(library)
        } (schema ${
          quoted(schema)
        }), and Ato reads those of Optuna 2.6 to 5; run optuna storage upgrade --storage sqlite:///${this.#path} ` +
          "on a copy",
      );
    }
    return library;
  }

  #columns(table: string): Set<unknown> {
    return new Set(
      this.#all("SELECT name FROM pragma_table_info(?)", table)
        .map((row) => row["name"]),
    );
  }

  #find(wanted: string | undefined): { id: number; name: string } {
    const rows = this.#all(
      "SELECT study_id, study_name FROM studies ORDER BY study_id",
    );
    const names = rows.map((row) => String(row["study_name"]));
    const at = wanted === undefined && rows.length === 1
      ? 0
      : names.indexOf(wanted ?? "");
    if (at >= 0) {
      const id = this.#integer(rows[at]!["study_id"], "the id of a study");
      return { id, name: names[at]! };
    }
    const known = names.length === 0
      ? "it has none"
      : `it has ${names.slice(0, 10).map(quoted).join(", ")}${
        names.length > 10 ? " and more" : ""
      }`;
    throw new OptunaStudyError(
      this.#path,
      wanted === undefined
        ? `Cannot choose a study of ${this.#path}: ${known}; give studyName`
        : `Cannot read study ${
          quoted(wanted)
        } of ${this.#path}: there is no such study; ${known}`,
    );
  }

  #modes(study: number): ("min" | "max")[] {
    const rows = this.#all(
      "SELECT direction, objective FROM study_directions WHERE study_id = ? ORDER BY objective",
      study,
    );
    const modes = rows.map(({ direction, objective }, at) => {
      // A study of Optuna whose direction was not set is minimised.
      if (direction === "MINIMIZE" || direction === "NOT_SET") {
        return "min" as const;
      }
      if (direction === "MAXIMIZE" && objective === at) return "max" as const;
      return this.#refuse(`value ${at} has the direction ${quoted(direction)}`);
    });
    return modes.length > 0 ? modes : this.#refuse("it has no direction");
  }

  #metricNames(study: number, count: number): string[] | undefined {
    const row = this.#all(
      "SELECT value_json FROM study_system_attributes WHERE study_id = ? AND key = 'study:metric_names'",
      study,
    )[0];
    const names = parsePythonJson(String(row?.["value_json"]));
    const isNames = Array.isArray(names) && names.length === count &&
      new Set(names).size === count &&
      names.every((name) => typeof name === "string" && name !== "");
    return isNames ? names : undefined;
  }

  #parameters(study: number, trials: ReadonlyMap<number, RawTrial>): void {
    // Equal distributions are one object, however they are written.
    const known = new Map<string, Distribution>();
    const equal = new Map<string | undefined, Distribution>();
    const rows = this.#of("trial_params", study, [
      "param_id",
      "param_name",
      "param_value",
      "distribution_json",
    ]);
    for (const row of rows) {
      const trial = trials.get(Number(row["trial_id"]));
      if (trial === undefined) continue;
      const name = row["param_name"];
      const what = `parameter ${quoted(name)} of trial ${trial.number}`;
      if (typeof name !== "string") this.#refuse(`${what} has no name`);
      const text = String(row["distribution_json"]);
      const found = known.get(text) ?? readDistribution(text);
      if (typeof found === "string") return this.#refuse(`${what} ${found}`);
      const same = equal.get(canonicalText(found)) ?? found;
      equal.set(canonicalText(found), same);
      known.set(text, same);
      const number = row["param_value"];
      const fits = typeof number === "number" && Number.isFinite(number) &&
        (found.kind !== "category" ||
          Number.isInteger(number) && number >= 0 &&
            number < found.choices.length) &&
        (found.kind !== "int" || Number.isInteger(number));
      if (!fits) this.#refuse(`${what} has the value ${quoted(number)}`);
      trial.parameters.set(String(name), {
        number: number as number,
        distribution: same,
      });
    }
  }

  #numbers(
    study: number,
    trials: ReadonlyMap<number, RawTrial>,
    objectives: number,
  ): void {
    for (
      const [table, key, column] of [
        ["trial_values", "objective", "value"],
        ["trial_intermediate_values", "step", "intermediate_value"],
      ] as const
    ) {
      // Before Optuna 3.0 there were no infinities, and NaN could not be stored.
      const type = `${column}_type`;
      const columns = this.#columns(table).has(type)
        ? [key, column, type]
        : [key, column];
      for (const row of this.#of(table, study, columns)) {
        const trial = trials.get(Number(row["trial_id"]));
        if (trial === undefined) continue;
        const what = `${column} ${quoted(row[key])} of trial ${trial.number}`;
        const at = this.#integer(row[key], what);
        const value = numberOf(row[column], row[type]);
        if (value === undefined) {
          return this.#refuse(`${what} is ${quoted(row[column])}`);
        }
        if (table === "trial_values" && !(at >= 0 && at < objectives)) {
          return this.#refuse(`${what} belongs to no direction`);
        }
        (table === "trial_values" ? trial.values : trial.steps).set(at, value);
      }
    }
  }

  #attributes(study: number, trials: ReadonlyMap<number, RawTrial>): void {
    const columns = ["key", "value_json"];
    for (const row of this.#of("trial_user_attributes", study, columns)) {
      const trial = trials.get(Number(row["trial_id"]));
      if (trial === undefined) continue;
      // A key of any name is a property of its own.
      Object.defineProperty(trial.attributes, String(row["key"]), {
        value: parsePythonJson(String(row["value_json"])),
        ...{ enumerable: true, configurable: true, writable: true },
      });
    }
  }

  /** Reads the rows of a table that belong to the trials of a study. */
  #of(table: string, study: number, columns: readonly string[]): Row[] {
    const names = columns.map((name) => `${table}.${name}`).join(", ");
    return this.#all(
      `SELECT ${table}.trial_id AS trial_id, ${names} FROM ${table} ` +
        `JOIN trials ON trials.trial_id = ${table}.trial_id WHERE trials.study_id = ? ORDER BY ${table}.rowid`,
      study,
    );
  }

  #all(sql: string, ...values: SqlValue[]): Row[] {
    return this.#connection.prepare(sql).all(...values);
  }

  #integer(value: unknown, what: string): number {
    return Number.isSafeInteger(value)
      ? value as number
      : this.#refuse(`${what} is ${quoted(value)}`);
  }

  #refuse(what: string): never {
    throw new OptunaStudyError(
      this.#path,
      `Cannot read study ${
        quoted(this.#study)
      } of ${this.#path}: ${what}; the file is damaged, restore a copy`,
    );
  }
}

function numberOf(value: unknown, type: unknown): number | undefined {
  if (type === "INF_POS") return Infinity;
  if (type === "INF_NEG") return -Infinity;
  if (type === "NAN") return NaN;
  const isFinite = Number.isFinite(value) &&
    (type === undefined || type === "FINITE");
  return isFinite ? value as number : undefined;
}

const TIME = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;

/** Reads a time of Optuna: that of the time zone of the machine that wrote it, taken for this one's. */
function timeOf(value: unknown): number | undefined {
  const found = TIME.exec(String(value));
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7)
    .map(Number) as [number, number, number, number, number, number];
  const fraction = Number(`0.${found[7] ?? "0"}`) * 1000;
  return new Date(year, month - 1, day, hour, minute, second).getTime() +
    Math.floor(fraction);
}

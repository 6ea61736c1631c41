import { existsSync } from "node:fs";
import type { TrackerConfig } from "../../tracker/mod.ts";
import { formatPath, splitPath } from "../../internal/key_path.ts";
import { canonicalText } from "../spaces/_canonical_text.ts";
import { describe } from "../_describe.ts";
import { SearchUsageError } from "../errors.ts";
import { checkSettings } from "../_settings.ts";
import type { Dimension, Point, Space } from "../spaces/space.ts";
import { stepAt, stepsTo } from "../spaces/_steps.ts";
import type { WarmObservation } from "../study/study.ts";
import { OptunaStudyError } from "./errors.ts";
import { quoted } from "./_quoted.ts";
import {
  type RawParameter,
  type RawStudy,
  type RawTrial,
  readRows,
} from "./_read_rows.ts";
import { READ_TABLES } from "./_schema.ts";
import { spaceOfTrials, type TrialSpace } from "./_space_of_trials.ts";
import type { OptunaState } from "./write_optuna_study.ts";

/** Options for {@linkcode readOptunaStudy}. */
export interface ReadOptunaOptions {
  /** The SQLite file of Optuna's storage: a path, a `sqlite:///` URL, or a config that names it. */
  readonly dbPath: string | TrackerConfig;
  /**
   * The name of the study.
   *
   * @default {the only one of the file}
   */
  readonly studyName?: string;
  /**
   * The names of the values, one for each direction.
   *
   * @default {those that the study has, or else `value`, or `value0`, `value1` and so on}
   */
  readonly metrics?: readonly string[];
  /**
   * Returns the fidelity of a step, in the study's units. With it, each intermediate value is a result, too; the
   * value of a complete trial is the result at its last step.
   *
   * @default {intermediate values are no results, and the value of a complete trial is one at fidelity 1}
   */
  readonly fidelity?: (step: number) => number;
  /**
   * Returns the key path of a parameter, e.g. `model.lr`.
   *
   * @default {its name}
   */
  readonly rename?: (name: string) => string;
}

/** A trial of Optuna. */
export interface OptunaTrial {
  /** Its number. */
  readonly number: number;
  /** Its state. */
  readonly state: OptunaState;
  /** Its parameters, by Optuna's names. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Its config; none if the trial does not fit in the space. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Its values, by the names of the metrics. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Its intermediate values, by step. */
  readonly steps: readonly { readonly step: number; readonly value: number }[];
  /** Its user attributes. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** When it started, in milliseconds since 1970, if the file's times are those of this machine's time zone. */
  readonly startedAt?: number;
  /** When it ended. */
  readonly endedAt?: number;
}

/** A study of Optuna. */
export interface OptunaStudy {
  /** Its name. */
  readonly studyName: string;
  /** The version of Optuna that made the file. */
  readonly libraryVersion: string;
  /** The names of its values. */
  readonly metrics: readonly string[];
  /** Whether the least or the greatest of each value is the best. */
  readonly modes: readonly ("min" | "max")[];
  /** The space of its trials. */
  readonly space: Space<Record<string, unknown>>;
  /** All trials. */
  readonly trials: readonly OptunaTrial[];
  /** The results, for {@linkcode Study.warmStart}. */
  readonly observations: readonly WarmObservation[];
  /** What the file does not say clearly and how it was taken, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads a study from an SQLite file of Optuna, from 2.6 to 5. The file is neither locked nor changed.
 *
 * Optuna stores no space, but each parameter of each trial has its distribution: the space has the values of all of
 * them. A parameter that only some trials have belongs to the choices of a category if these decide exactly which
 * ones; otherwise the trials that lack it do not fit in the space. `notes` says what was decided.
 *
 * Results of trials that failed, run or wait are not among the observations, and neither are NaN and infinities.
 *
 * @param options The file and the study.
 * @returns the study.
 * @throws {OptunaStudyError} If there is no such study, the file is damaged, or its version cannot be read.
 * @throws {StorageError} If the file is no SQLite database.
 * @throws {SearchUsageError} If an option is missing or unknown.
 *
 * @example
 * ```ts
 * import { defineSpace, float, readOptunaStudy, writeOptunaStudy } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const results = [{ rung: 0, fidelity: 1, metrics: { loss: 0.5 } }];
 * const trial = { trial: 0, config: { lr: 0.1 }, seed: 1, bracket: 0, rung: 0, attempts: 1, runs: [] };
 * await writeOptunaStudy("optuna-read.db", {
 *   studyName: "demo",
 *   metric: "loss",
 *   mode: "min",
 *   space: defineSpace({ lr: float(1e-4, 1, { log: true }) }),
 *   trials: [{ ...trial, status: "completed", results }],
 * });
 *
 * const { space, observations } = await readOptunaStudy({ dbPath: "optuna-read.db" });
 * assertEquals(space.dimensions[0]?.path, "lr");
 * assertEquals(observations, [{ config: { lr: 0.1 }, metrics: { loss: 0.5 }, fidelity: 1 }]);
 * rmSync("optuna-read.db");
 * ```
 */
export async function readOptunaStudy(
  options: ReadOptunaOptions,
): Promise<OptunaStudy> {
  checkReading(options);
  // A database is loaded only when one is used.
  const { dbPathOf, openForReading } = await import("../../tracker/mod.ts");
  const path = dbPathOf(options.dbPath);
  if (!existsSync(path)) {
    throw new OptunaStudyError(
      path,
      `Cannot read ${path}: there is no such file; name the SQLite file of Optuna's storage`,
    );
  }
  const connection = await openForReading(path, { tables: READ_TABLES });
  let raw: RawStudy;
  try {
    // All rows are of the same state of the file.
    connection.exec("BEGIN");
    raw = readRows(connection, path, options.studyName);
  } finally {
    connection.close();
  }
  const found = spaceOfTrials(raw.trials, options.rename ?? plainPath);
  if (typeof found === "string") {
    throw new OptunaStudyError(
      path,
      `Cannot read study ${quoted(raw.name)} of ${path}: ${found}`,
    );
  }
  return studyOf(raw, found, options);
}

/** Returns the path that `writeOptunaStudy` wrote without its quotes, e.g. of `model."a b"`; any other name as it is. */
function plainPath(name: string): string {
  const keys = splitPath(name);
  return formatPath(keys) === name ? keys.join(".") : name;
}

function checkReading(options: ReadOptunaOptions): void {
  const action = "read an Optuna study";
  checkSettings<ReadOptunaOptions>(action, options ?? null, {
    dbPath: true,
    studyName: true,
    metrics: true,
    fidelity: true,
    rename: true,
  });
  const refuse = (name: string, value: unknown, give: string): never => {
    throw new SearchUsageError(
      name,
      `Cannot ${action}: ${name} is ${describe(value)}; give ${give}`,
    );
  };
  const { studyName, metrics, fidelity, rename } = options;
  if (studyName !== undefined && typeof studyName !== "string") {
    refuse("studyName", studyName, "its name");
  }
  const isNames = metrics === undefined || Array.isArray(metrics) &&
      metrics.every((name) => typeof name === "string" && name !== "") &&
      new Set(metrics).size === metrics.length;
  if (!isNames) refuse("metrics", metrics, "an array of different names");
  for (const [name, value] of Object.entries({ fidelity, rename })) {
    if (value !== undefined && typeof value !== "function") {
      refuse(name, value, "a function");
    }
  }
}

function studyOf(
  raw: RawStudy,
  { space, names, notes }: TrialSpace,
  options: ReadOptunaOptions,
): OptunaStudy {
  const { modes } = raw;
  const metrics = options.metrics ?? raw.metricNames ??
    modes.map((_, at) => modes.length === 1 ? "value" : `value${at}`);
  if (metrics.length !== modes.length) {
    throw new SearchUsageError(
      "metrics",
      `Cannot read an Optuna study: metrics has ${metrics.length} names, and study ${
        quoted(raw.name)
      } has ${modes.length} directions; give a name for each`,
    );
  }
  const trials = raw.trials.map((trial) =>
    trialOf(trial, { space, names, metrics })
  );
  const observations = trials.flatMap((trial) =>
    observationsOf(trial, metrics, options.fidelity)
  );
  const outside =
    trials.filter(({ state, config }) =>
      config === undefined && (state === "COMPLETE" || state === "PRUNED")
    ).length;
  return {
    studyName: raw.name,
    libraryVersion: raw.version,
    metrics,
    modes,
    space,
    trials,
    observations,
    notes: [
      ...notes,
      ...outside === 0 ? [] : [
        `${outside} ${
          outside === 1 ? "trial that ended does" : "trials that ended do"
        } not fit in the space, so ${
          outside === 1 ? "it is" : "they are"
        } not among the observations`,
      ],
    ],
  };
}

function trialOf(
  raw: RawTrial,
  { space, names, metrics }: {
    readonly space: Space<Record<string, unknown>>;
    readonly names: readonly string[];
    readonly metrics: readonly string[];
  },
): OptunaTrial {
  const { number, state, parameters, values, steps, attributes } = raw;
  const point = pointOf(raw, space, names);
  return {
    number,
    state,
    params: Object.fromEntries(
      [...parameters].map(([name, parameter]) => [name, valueOf(parameter)]),
    ),
    ...(point !== undefined && { config: space.toConfig(point) }),
    metrics: Object.fromEntries(
      [...values].map(([at, value]) => [metrics[at]!, value]),
    ),
    steps: [...steps].sort(([a], [b]) => a - b)
      .map(([step, value]) => ({ step, value })),
    attributes,
    ...(raw.startedAt !== undefined && { startedAt: raw.startedAt }),
    ...(raw.endedAt !== undefined && { endedAt: raw.endedAt }),
  };
}

function valueOf({ number, distribution }: RawParameter): unknown {
  return distribution.kind === "category"
    ? distribution.choices[number]
    : number;
}

/** Returns the point of a trial; `undefined` if it does not fit in the space. */
function pointOf(
  { parameters }: RawTrial,
  { dimensions }: Space<unknown>,
  names: readonly string[],
): Point | undefined {
  const point: (number | undefined)[] = [];
  for (const [at, dimension] of dimensions.entries()) {
    const { when } = dimension;
    const decided = when && point[when.dimension];
    const exists = when === undefined ||
      decided !== undefined && when.positions.includes(decided);
    const parameter = parameters.get(names[at]!);
    if (exists !== (parameter !== undefined)) return undefined;
    const number = parameter && numberOf(parameter, dimension);
    if (exists && number === undefined) return undefined;
    point.push(number);
  }
  return point;
}

function numberOf(
  { number, distribution }: RawParameter,
  { choices, low, high, step }: Dimension,
): number | undefined {
  if (distribution.kind === "category") {
    const text = canonicalText(distribution.choices[number]);
    const at = choices.findIndex((choice) => canonicalText(choice) === text);
    return at < 0 ? undefined : at;
  }
  if (number < low || number > high) return undefined;
  if (step === undefined) return number;
  const count = stepsTo(low, step, number);
  return count === undefined ? undefined : stepAt(low, step, count);
}

function observationsOf(
  { state, config, metrics, steps }: OptunaTrial,
  names: readonly string[],
  fidelity: ((step: number) => number) | undefined,
): WarmObservation[] {
  if (config === undefined) return [];
  const isComplete = state === "COMPLETE";
  const isWhole = isComplete &&
    names.every((name) => Number.isFinite(metrics[name]));
  const last = steps.at(-1);
  if (fidelity === undefined || last === undefined || names.length > 1) {
    return isWhole ? [{ config, metrics, fidelity: 1 }] : [];
  }
  if (!isComplete && state !== "PRUNED") return [];
  return steps.flatMap((one) => {
    if (one === last && isWhole) {
      return [{ config, metrics, fidelity: fidelity(one.step) }];
    }
    return Number.isFinite(one.value)
      ? [{
        config,
        metrics: { [names[0]!]: one.value },
        fidelity: fidelity(one.step),
      }]
      : [];
  });
}

import { existsSync, renameSync, rmSync } from "node:fs";
import process from "node:process";
import type { Connection, SqlValue, Statement } from "../../tracker/mod.ts";
import { jsonText } from "../../internal/json_text.ts";
import type { Space } from "../spaces/space.ts";
import { spaceOf } from "../spaces/_space_of.ts";
import { Goal } from "../study/_goal.ts";
import type { Constraint } from "../study/options.ts";
import type { RungResult, TrialTimes, TrialView } from "../study/trial_view.ts";
import { excessesOf, topOf } from "./_bounds.ts";
import { checkExport } from "./_check_export.ts";
import { distributionOf, parameterNames } from "./_distribution.ts";
import { OptunaStudyError } from "./errors.ts";
import { CREATE, SCHEMA } from "./_schema.ts";

/** A study for {@linkcode writeOptunaStudy}. */
export interface OptunaExport {
  /** Its name in the file. */
  readonly studyName: string;
  /**
   * The name of the metric.
   *
   * @default {that of `objectives`}
   */
  readonly metric?: string;
  /**
   * Whether the least or the greatest metric is the best.
   *
   * @default {that of `objectives`}
   */
  readonly mode?: "min" | "max";
  /**
   * The mode of each objective, by the name of its metric, instead of `metric` and `mode`.
   *
   * @default {the one metric}
   */
  readonly objectives?: Readonly<Record<string, "min" | "max">>;
  /**
   * The bounds of metrics, as the study has them.
   *
   * @default {no constraints}
   */
  readonly constraints?: Readonly<Record<string, Constraint>>;
  /** Its space, or the dimensions alone. */
  readonly space: Pick<Space<unknown>, "dimensions">;
  /** Its trials, e.g. of `study.trials()` or {@linkcode readStudy}. */
  readonly trials: readonly TrialView<unknown>[];
  /**
   * When they ran, e.g. of `study.times()` or {@linkcode readStudy}.
   *
   * @default {not known; Optuna then has no times}
   */
  readonly times?: readonly TrialTimes[];
  /**
   * Returns further user attributes of a trial, e.g. the words of its command line.
   *
   * @default {none}
   */
  readonly attributes?: (
    trial: TrialView<unknown>,
  ) => Readonly<Record<string, unknown>>;
}

/** What {@linkcode writeOptunaStudy} wrote. */
export interface OptunaExportResult {
  /** The number of trials in each state of Optuna. */
  readonly states: Readonly<Record<OptunaState, number>>;
  /** The trials that were left out because their config is not in the space. */
  readonly outside: number;
}

/** The states of Optuna's trials. */
export type OptunaState =
  | "RUNNING"
  | "COMPLETE"
  | "PRUNED"
  | "FAIL"
  | "WAITING";

/**
 * Writes a study as a new SQLite file of Optuna 3.2 or newer: `optuna.load_study(study_name=…,
 * storage="sqlite:///file.db")` reads it, and can go on with it.
 *
 * - `COMPLETE` are the trials that were measured at the greatest fidelity that any feasible trial reached, so
 *   Optuna's best trials are those of `study.front()`. Those that ended below it are `PRUNED`.
 * - Results at lower fidelities are intermediate values. Their steps are the fidelities if all are whole numbers,
 *   or else the rungs. Optuna has none for several objectives.
 * - Each bound of `constraints` is a constraint of Optuna: a number that is above 0 if the bound is violated.
 * - A trial that was given back before it had a result is `WAITING`, with its config; lost ones are `FAIL`.
 * - Whatever Optuna has no place for is in user attributes: `ato:trial`, `ato:hash`, `ato:seed`, `ato:fidelity`,
 *   `ato:bracket`, `ato:metrics`, `ato:runs`, `ato:source` and `ato:error`.
 *
 * @param path The file, which must not exist.
 * @param study The study.
 * @returns what was written.
 * @throws {OptunaStudyError} If the file exists.
 * @throws {StorageError} If it cannot be written.
 * @throws {SearchUsageError} If an option is missing or unknown.
 *
 * @example
 * ```ts
 * import { defineSpace, float, fullFidelity, openStudy, randomSampler, writeOptunaStudy } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const space = defineSpace({ lr: float(1e-4, 1, { log: true }) });
 * const study = openStudy({
 *   id: "demo",
 *   space,
 *   sampler: randomSampler(space),
 *   scheduler: fullFidelity({ trials: 3 }),
 *   metric: "loss",
 *   mode: "min",
 * });
 * for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
 *   study.tell(answer.job, { metrics: { loss: answer.job.config.lr } });
 * }
 * const { states } = await writeOptunaStudy("optuna-demo.db", {
 *   studyName: "demo",
 *   metric: "loss",
 *   mode: "min",
 *   space,
 *   trials: study.trials(),
 * });
 * assertEquals(states.COMPLETE, 3);
 * rmSync("optuna-demo.db");
 * ```
 */
export async function writeOptunaStudy(
  path: string,
  study: OptunaExport,
): Promise<OptunaExportResult> {
  checkExport(path, study);
  if (existsSync(path)) {
    throw new OptunaStudyError(
      path,
      `Cannot write study ${study.studyName}: ${path} exists; name a new file`,
    );
  }
  // A database is loaded only when one is used.
  const { chooseDriver, classifyStorageProblem, toStorageError, transact } =
    await import("../../tracker/mod.ts");
  const driver = await chooseDriver();
  // Nobody sees half of a study.
  const part = `${path}.${process.pid}.part`;
  rmSync(part, { force: true });
  try {
    const connection = driver.connect(part);
    let result: OptunaExportResult;
    try {
      result = transact(connection, {
        work: () => {
          connection.exec(CREATE);
          return new Writer(connection, study).write();
        },
        timeout: 0,
      });
    } finally {
      connection.close();
    }
    renameSync(part, path);
    return result;
  } catch (error) {
    throw classifyStorageProblem(error) === undefined
      ? error
      : toStorageError("write", { path, cause: error });
  } finally {
    rmSync(part, { force: true });
  }
}

/** Writes the rows of one study. */
class Writer {
  readonly #connection: Connection;
  readonly #study: OptunaExport;
  readonly #space: Space<unknown>;
  readonly #names: readonly string[];
  readonly #distributions: readonly string[];
  readonly #goal: Goal;
  /** The greatest fidelity at which a feasible trial was measured. */
  readonly #top: number;
  /** Whether the steps are fidelities; otherwise they are rungs. */
  readonly #byFidelity: boolean;
  readonly #statements = new Map<string, Statement>();
  readonly #times: ReadonlyMap<number, TrialTimes>;

  constructor(connection: Connection, study: OptunaExport) {
    const { dimensions } = study.space;
    this.#connection = connection;
    this.#study = study;
    this.#space = spaceOf(dimensions);
    this.#names = parameterNames(dimensions);
    this.#distributions = dimensions.map(distributionOf);
    const { metric = "", mode = "max", objectives, constraints } = study;
    this.#goal = new Goal({
      metric,
      mode,
      ...(objectives && { objectives }),
      ...(constraints && { constraints }),
    });
    const fidelities = study.trials.flatMap(({ results }) =>
      results.map(({ fidelity }) => fidelity)
    );
    this.#top = topOf(study.trials, this.#goal);
    this.#byFidelity = fidelities.every(Number.isSafeInteger);
    this.#times = new Map(study.times?.map((one) => [one.trial, one]));
  }

  write(): OptunaExportResult {
    const { studyName, constraints, trials } = this.#study;
    const { names, objectives } = this.#goal;
    this.#insert("version_info", [1, SCHEMA.version, SCHEMA.library]);
    this.#insert("alembic_version", [SCHEMA.revision]);
    this.#insert("studies", [1, studyName]);
    names.forEach((name, i) => {
      const direction = objectives[name] === "min" ? "MINIMIZE" : "MAXIMIZE";
      this.#insert("study_directions", [null, 1, direction, i]);
    });
    const attributes = {
      "ato:study": studyName,
      "ato:steps": this.#byFidelity ? "fidelity" : "rung",
      "ato:constraints": this.#goal.isConstrained ? constraints : undefined,
    };
    this.#attributes("study_user_attributes", 1, attributes);
    this.#attributes("study_system_attributes", 1, {
      "study:metric_names": names,
    });
    const states = { RUNNING: 0, COMPLETE: 0, PRUNED: 0, FAIL: 0, WAITING: 0 };
    let outside = 0;
    let number = 0;
    for (const trial of [...trials].sort((a, b) => a.trial - b.trial)) {
      const point = this.#space.toPoint(trial.config);
      if (point === undefined) outside++;
      else states[this.#trial(trial, point, number++)]++;
    }
    return { states, outside };
  }

  #trial(
    trial: TrialView<unknown>,
    point: readonly (number | undefined)[],
    number: number,
  ): OptunaState {
    const { names } = this.#goal;
    const id = number + 1;
    const last = trial.results.at(-1);
    const state = this.#stateOf(trial);
    const { endedAt: ended, startedAt: started } = this.#timesOf(trial);
    const isOpen = state === "RUNNING" || state === "WAITING";
    this.#insert("trials", [
      ...[id, 1, number, state],
      state === "WAITING" ? null : timeText(started),
      isOpen ? null : timeText(ended),
    ]);
    const values = point.flatMap((value, at) =>
      value === undefined ? [] : [{ value, at }]
    );
    if (state === "WAITING") {
      // Optuna takes the parameters from here when it starts the trial.
      const fixed = values.map(({ value, at }) => {
        const { choices } = this.#space.dimensions[at]!;
        return [this.#names[at]!, choices.length > 0 ? choices[value] : value];
      });
      this.#attributes("trial_system_attributes", id, {
        fixed_params: Object.fromEntries(fixed),
      });
    } else {
      for (const { value, at } of values) {
        this.#insert("trial_params", [
          ...[null, id, this.#names[at]!],
          ...[value, this.#distributions[at]!],
        ]);
      }
    }
    if (last !== undefined && (state === "COMPLETE" || state === "PRUNED")) {
      names.forEach((name, i) => {
        const value = numberRow(last.metrics[name]);
        this.#insert("trial_values", [null, id, i, ...value]);
      });
      this.#violations(last, id);
    }
    if (!this.#goal.isSeveral) this.#steps(trial, id);
    this.#attributes("trial_user_attributes", id, {
      ...this.#study.attributes?.(trial),
      "ato:trial": trial.trial,
      "ato:hash": this.#space.hash(point),
      "ato:seed": trial.seed,
      "ato:bracket": trial.bracket,
      "ato:fidelity": last?.fidelity,
      "ato:metrics": last?.metrics,
      "ato:runs": trial.runs.length > 0 ? trial.runs : undefined,
      "ato:source": trial.source,
      "ato:error": trial.error && `${trial.error.name}: ${trial.error.message}`,
    });
    return state;
  }

  /** Writes the results at each fidelity. */
  #steps({ results }: TrialView<unknown>, id: number): void {
    const [name = ""] = this.#goal.names;
    const steps = new Map(results.map((result) => [
      this.#byFidelity ? result.fidelity : result.rung,
      result.metrics[name],
    ]));
    for (const [step, value] of steps) {
      this.#insert("trial_intermediate_values", [
        ...[null, id, step],
        ...numberRow(value),
      ]);
    }
  }

  /** Writes by how much each bound is violated, in the form that all versions of Optuna read. */
  #violations({ metrics }: RungResult, id: number): void {
    if (!this.#goal.isConstrained) return;
    const constraints = excessesOf(metrics, this.#goal);
    // JSON has no NaN: a metric that is missing leaves its trial without constraints.
    if (!constraints.every(Number.isFinite)) return;
    this.#attributes("trial_system_attributes", id, { constraints });
  }

  /** A trial that took the result of another one has the time at which that one ended. */
  #timesOf({ trial, source }: TrialView<unknown>): Omit<TrialTimes, "trial"> {
    const own = this.#times.get(trial);
    if (own?.startedAt !== undefined || source === undefined) return own ?? {};
    const time = this.#times.get(source)?.endedAt;
    return time === undefined ? {} : { startedAt: time, endedAt: time };
  }

  #stateOf({ status, results }: TrialView<unknown>): OptunaState {
    const last = results.at(-1);
    if (status === "running") return "RUNNING";
    if (status === "failed" || status === "lost") return "FAIL";
    if (last === undefined) return status === "released" ? "WAITING" : "FAIL";
    const areFinite = this.#goal.names.every((name) =>
      Number.isFinite(last.metrics[name])
    );
    return last.fidelity >= this.#top && areFinite ? "COMPLETE" : "PRUNED";
  }

  #attributes(
    table: string,
    owner: number,
    attributes: Readonly<Record<string, unknown>>,
  ): void {
    for (const [key, value] of Object.entries(attributes)) {
      if (value === undefined) continue;
      this.#insert(table, [null, owner, key, jsonText(value)]);
    }
  }

  #insert(table: string, values: readonly SqlValue[]): void {
    const marks = values.map(() => "?").join(", ");
    const known = this.#statements.get(table) ??
      this.#connection.prepare(`INSERT INTO ${table} VALUES (${marks})`);
    this.#statements.set(table, known);
    known.run(...values);
  }
}

/** Returns a number and its type, as Optuna stores them. */
function numberRow(value: number | undefined): [number | null, string] {
  if (value === Infinity) return [null, "INF_POS"];
  if (value === -Infinity) return [null, "INF_NEG"];
  return Number.isFinite(value) ? [value!, "FINITE"] : [null, "NAN"];
}

/** Writes a time as Optuna does: in the time zone of the machine. */
function timeText(time: number | undefined): string | null {
  if (time === undefined) return null;
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const thousandths = String(date.getMilliseconds()).padStart(3, "0");
  return `${day.map(two).join("-")} ${
    clock.map(two).join(":")
  }.${thousandths}000`;
}

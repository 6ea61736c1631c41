import { existsSync } from "node:fs";
import type { Connection, TrackerConfig } from "../../tracker/mod.ts";
import { describe } from "../_describe.ts";
import type { Dimension } from "../spaces/space.ts";
import { visible } from "../../internal/visible_text.ts";
import { applyStored } from "./_apply_stored.ts";
import { isHeld } from "./_claim.ts";
import {
  type StudyHolder,
  StudyJournalError,
  StudySettingError,
} from "./errors.ts";
import type { SessionStart, StudyEvent } from "./events.ts";
import type { Constraint, StudyBudget } from "./options.ts";
import { dimensionsOf } from "./_stored_config.ts";
import { StudyState } from "./_state.ts";
import { viewAll, viewBest, viewFront, viewTimes } from "./_view.ts";
import type { BestTrial, TrialTimes, TrialView } from "./trial_view.ts";

/** A study as its journal has it: its settings, its trials, and the best result. */
export interface StudyView<C> {
  /** Its name. */
  readonly id: string;
  /** The name of its metric; of the first one if it has several objectives. */
  readonly metric: string;
  /** The mode of each objective, by the name of its metric. */
  readonly objectives: Readonly<Record<string, "min" | "max">>;
  /** The bounds of its metrics; empty if it has no constraints. */
  readonly constraints: Readonly<Record<string, Constraint>>;
  /** Its trials, by number. */
  readonly trials: readonly TrialView<C>[];
  /** When each of its trials ran. */
  readonly times: readonly TrialTimes[];
  /** The best result, if there is one; a study of several objectives has none. */
  readonly best?: BestTrial<C>;
  /** The results that no other one is better than, as {@linkcode Study.front} returns them. */
  readonly front: readonly BestTrial<C>[];
  /**
   * `running`: a process works on it; `done`: there are no further jobs; `stopped`: it was closed before; `interrupted`:
   * its process ended without closing it.
   */
  readonly state: "running" | "done" | "stopped" | "interrupted";
  /** The process that works on it, if it is running. */
  readonly owner?: StudyHolder;
  /** Its settings; `undefined` if no session began. */
  readonly settings?: StudySettings;
  /** What was spent over all sessions. */
  readonly spent: Readonly<Required<StudyBudget>>;
  /** The number of sessions. */
  readonly sessions: number;
  /** How each rung filled, in the order of brackets and rungs. */
  readonly rungs: readonly RungView[];
  /** Each result that was the best one when it came. */
  readonly progress: readonly ProgressStep[];
}

/** A result that was the best one so far. */
export interface ProgressStep {
  /** The units of fidelity that were handed out until then. */
  readonly spent: number;
  /** The trial. */
  readonly trial: number;
  /** The fidelity that it had reached. */
  readonly fidelity: number;
  /** The study's metric. */
  readonly value: number;
}

/** The settings of a study, as its newest session has them. */
export interface StudySettings {
  /** Whether the least or the greatest metric is the best. */
  readonly mode: "min" | "max";
  /** The seed. */
  readonly seed: number | string;
  /** The order in which results count. */
  readonly order: "arrival" | "logical";
  /** The scheduler's name. */
  readonly scheduler: string;
  /** The sampler's name. */
  readonly sampler: string;
  /** The parameters of the space. */
  readonly dimensions: readonly Dimension[];
  /** The budget, if there is one. */
  readonly budget?: StudyBudget;
  /** How the newest session was started, if it was recorded. */
  readonly start?: SessionStart;
}

/** A rung of a bracket, and the trials that reached it. */
export interface RungView {
  /** The bracket. */
  readonly bracket: number;
  /** The rung, from 0. */
  readonly rung: number;
  /** The fidelity of the rung. */
  readonly fidelity: number;
  /** The trials that entered it. */
  readonly entered: number;
  /** The trials that have a result there, also those that were stopped below its fidelity. */
  readonly ended: number;
  /** The trials that run there now. */
  readonly running: number;
  /** The trials that failed there. */
  readonly failed: number;
}

/**
 * Reads a study, even while another process works on it. The file is neither locked nor changed.
 *
 * @param dbPath The tracker's file: a path, or a config that names it.
 * @param id The study's name.
 * @returns the trials and the best result so far.
 * @throws {StudyJournalError} If the file has no such study, or its journal is damaged.
 * @throws {StorageError} If the file cannot be read.
 *
 * @example
 * ```ts
 * import { defineSpace, fullFidelity, int, openStudy, randomSampler, readStudy, sqliteJournal } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const space = defineSpace({ width: int(1, 9) });
 * const study = openStudy({
 *   id: "widths",
 *   space,
 *   sampler: randomSampler(space),
 *   scheduler: fullFidelity({ trials: 3 }),
 *   metric: "loss",
 *   mode: "min",
 *   journal: await sqliteJournal({ dbPath: "read-demo.db", studyId: "widths" }),
 * });
 * const answer = study.ask();
 * if (answer.kind === "job") study.tell(answer.job, { metrics: { loss: 0.5 } });
 * assertEquals((await readStudy("read-demo.db", "widths")).best?.metrics, { loss: 0.5 });
 * study.close();
 * rmSync("read-demo.db");
 * ```
 */
export async function readStudy<C = Record<string, unknown>>(
  dbPath: string | TrackerConfig,
  id: string,
): Promise<StudyView<C>> {
  if (typeof id !== "string") {
    throw new StudySettingError(
      "id",
      `Cannot read a study: id is ${describe(id)}; give its name`,
    );
  }
  // A database is loaded only when one is used.
  const { dbPathOf, openForReading } = await import("../../tracker/mod.ts");
  const path = dbPathOf(dbPath);
  const missing = () =>
    new StudyJournalError(
      id,
      `Cannot read study ${visible(id)}: ${
        visible(path)
      } has no such study; check the name`,
    );
  if (!existsSync(path)) throw missing();
  const { findClaim, findStudy, readEvents } = await import(
    "./_sqlite_journal.ts"
  );
  const connection = await openForReading(path);
  try {
    const found = hasStudies(connection) && findStudy(connection, id);
    if (found === undefined || found === false) throw missing();
    const claim = findClaim(connection, found);
    const owner = claim !== undefined && isHeld(claim, Date.now())
      ? { host: claim.owner.host, pid: claim.owner.pid }
      : undefined;
    const events = readEvents(connection, found, path);
    return viewOf<C>(id, events, { path, owner });
  } finally {
    connection.close();
  }
}

/**
 * Lists the studies of a file.
 *
 * @param dbPath The tracker's file: a path, or a config that names it.
 * @returns their names, oldest first; none if there is no such file.
 * @throws {StorageError} If the file cannot be read.
 *
 * @example
 * ```ts
 * import { listStudies, sqliteJournal } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const journal = await sqliteJournal({ dbPath: "list-demo.db", studyId: "widths" });
 * journal.close();
 * assertEquals(await listStudies("list-demo.db"), ["widths"]);
 * rmSync("list-demo.db");
 * ```
 */
export async function listStudies(
  dbPath: string | TrackerConfig,
): Promise<string[]> {
  const { dbPathOf, openForReading } = await import("../../tracker/mod.ts");
  const path = dbPathOf(dbPath);
  if (!existsSync(path)) return [];
  const connection = await openForReading(path);
  try {
    if (!hasStudies(connection)) return [];
    return connection.prepare("SELECT name FROM studies ORDER BY id").all()
      .map(({ name }) => String(name));
  } finally {
    connection.close();
  }
}

/** A file of an earlier version, or of Python ato, has no such table. */
function hasStudies(connection: Connection): boolean {
  return connection.prepare(
    "SELECT 1 AS found FROM sqlite_master WHERE name = 'studies'",
  ).get() !== undefined;
}

/** Folds the events; those of a damaged journal may not follow from each other. */
function viewOf<C>(
  id: string,
  events: readonly StudyEvent[],
  { path, owner }: {
    readonly path: string;
    readonly owner: StudyHolder | undefined;
  },
): StudyView<C> {
  const state = new StudyState();
  try {
    const progress: ProgressStep[] = [];
    for (const [index, event] of events.entries()) {
      const { best: before } = state;
      applyStored(state, event, { study: id, index });
      if (state.best !== before) progress.push(stepOf(state));
    }
    const best = viewBest<C>(state);
    const settings = settingsOf(state);
    return {
      id,
      metric: state.founded?.metric ?? "",
      objectives: state.founded === undefined ? {} : state.goal.objectives,
      constraints: state.founded?.constraints ?? {},
      trials: viewAll<C>(state),
      times: viewTimes(state),
      ...(best !== undefined && { best }),
      front: viewFront<C>(state),
      state: owner === undefined ? ENDINGS[state.ending] : "running",
      ...(owner !== undefined && { owner }),
      ...(settings !== undefined && { settings }),
      spent: {
        trials: state.started,
        fidelity: state.fidelity,
        seconds:
          state.elapsed(owner === undefined ? state.lastAt : Date.now()) /
          1000,
      },
      sessions: state.sessions,
      rungs: rungsOf(state),
      progress,
    };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) {
      throw error;
    }
    throw new StudyJournalError(
      id,
      `Cannot read study ${visible(id)} of ${
        visible(path)
      }: its events do not fit together; the journal is damaged, restore a copy`,
    );
  }
}

function stepOf({ best, fidelity: spent, founded }: StudyState): ProgressStep {
  const { trial, result: { fidelity, metrics } } = best!;
  const value = metrics[founded!.metric]!;
  return { spent, trial: trial.trial, fidelity, value };
}

const ENDINGS = {
  none: "interrupted",
  closed: "stopped",
  done: "done",
} as const;

function settingsOf(
  { founded, opened }: StudyState,
): StudySettings | undefined {
  if (founded === undefined || opened === undefined) return undefined;
  const { mode, seed, order, scheduler } = founded;
  const { sampler, space, budget, start } = opened;
  return {
    mode,
    seed,
    order,
    scheduler,
    sampler,
    dimensions: dimensionsOf(space),
    ...(budget !== undefined && { budget }),
    ...(start !== undefined && { start }),
  };
}

/** Counts the trials at each rung. */
function rungsOf(state: StudyState): RungView[] {
  const rungs = new Map<string, { -readonly [K in keyof RungView]: number }>();
  const at = (bracket: number, rung: number, fidelity: number) => {
    const key = `${bracket} ${rung}`;
    const found = rungs.get(key) ??
      { bracket, rung, fidelity, entered: 0, ended: 0, running: 0, failed: 0 };
    rungs.set(key, found);
    // A trial that was stopped there did not reach its fidelity.
    found.fidelity = Math.max(found.fidelity, fidelity);
    return found;
  };
  for (const trial of state.trials) {
    if (trial === undefined) continue;
    const { bracket, attempts, results } = trial;
    const entered = new Map<number, number>();
    for (const { rung, to } of attempts) entered.set(rung, to);
    for (const { rung, fidelity } of results) {
      if (!entered.has(rung)) entered.set(rung, fidelity);
    }
    for (const [rung, to] of entered) at(bracket, rung, to).entered++;
    for (const { rung } of results) at(bracket, rung, 0).ended++;
    const last = rungs.get(`${bracket} ${trial.rung}`);
    if (last === undefined) continue;
    if (trial.status === "running") last.running++;
    else if (trial.status === "failed") last.failed++;
  }
  return [...rungs.values()].sort((a, b) =>
    a.bracket - b.bracket || a.rung - b.rung
  );
}

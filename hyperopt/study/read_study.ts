import { existsSync } from "node:fs";
import type { TrackerConfig } from "../../tracker/mod.ts";
import { describe } from "../_describe.ts";
import { StudyJournalError, StudySettingError } from "./errors.ts";
import type { StudyEvent } from "./events.ts";
import { StudyState } from "./_state.ts";
import { viewAll, viewBest, viewFront, viewTimes } from "./_view.ts";
import type { BestTrial, TrialTimes, TrialView } from "./trial_view.ts";

/** The trials of a study and the best result. */
export interface StudyView<C> {
  /** Its name. */
  readonly id: string;
  /** The name of its metric; of the first one if it has several objectives. */
  readonly metric: string;
  /** The mode of each objective, by the name of its metric. */
  readonly objectives: Readonly<Record<string, "min" | "max">>;
  /** Its trials, by number. */
  readonly trials: readonly TrialView<C>[];
  /** When each of its trials ran. */
  readonly times: readonly TrialTimes[];
  /** The best result, if there is one; a study of several objectives has none. */
  readonly best?: BestTrial<C>;
  /** The results that no other one is better than, as {@linkcode Study.front} returns them. */
  readonly front: readonly BestTrial<C>[];
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
      `Cannot read study ${id}: ${path} has no such study; check the name`,
    );
  if (!existsSync(path)) throw missing();
  const { findStudy, readEvents } = await import("./_sqlite_journal.ts");
  const connection = await openForReading(path);
  try {
    const table = connection.prepare(
      "SELECT 1 AS found FROM sqlite_master WHERE name = 'studies'",
    ).get();
    const found = table && findStudy(connection, id);
    if (found === undefined) throw missing();
    return viewOf<C>(id, readEvents(connection, found, path), path);
  } finally {
    connection.close();
  }
}

/** Folds the events; those of a damaged journal may not follow from each other. */
function viewOf<C>(
  id: string,
  events: readonly StudyEvent[],
  path: string,
): StudyView<C> {
  const state = new StudyState();
  try {
    for (const event of events) state.apply(event);
    const best = viewBest<C>(state);
    return {
      id,
      metric: state.founded?.metric ?? "",
      objectives: state.founded === undefined ? {} : state.goal.objectives,
      trials: viewAll<C>(state),
      times: viewTimes(state),
      ...(best !== undefined && { best }),
      front: viewFront<C>(state),
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new StudyJournalError(
      id,
      `Cannot read study ${id} of ${path}: its events do not follow from each other ` +
        `(${error.message}); the journal is damaged, restore a copy`,
    );
  }
}

/**
 * The fields of a run in MLflow: its own tags and status. Files (`ato export`) and servers (`ato sync`) have the same.
 *
 * @module
 */
import type { Run } from "../../tracker/mod.ts";

/** The most characters of a parameter's value in MLflow. */
export const LONGEST_VALUE = 6000;

/** The tag that marks a run as exported by ato. */
export const RUN_TAG = "ato.run";

/** A status in MLflow: its number in files, and its word in requests. */
export interface MlflowStatus {
  /** In `meta.yaml`. */
  readonly number: number;
  /** In requests. */
  readonly word: string;
}

const STATUS: Readonly<Record<string, MlflowStatus>> = {
  running: { number: 1, word: "RUNNING" },
  completed: { number: 3, word: "FINISHED" },
  failed: { number: 4, word: "FAILED" },
  crashed: { number: 4, word: "FAILED" },
  interrupted: { number: 5, word: "KILLED" },
};

/**
 * Translates a status.
 *
 * @param status The status of a run; users can set any word.
 * @returns MLflow's; an unknown word counts as finished.
 */
export function statusOf(status: string): MlflowStatus {
  return Object.hasOwn(STATUS, status) ? STATUS[status]! : STATUS["completed"]!;
}

/**
 * Returns the time in milliseconds since 1970.
 *
 * @param time A time; that of a damaged run can be no time.
 * @returns the milliseconds, or `undefined`.
 */
export function timeOf(time: Date | undefined): number | undefined {
  const at = time?.getTime();
  return Number.isFinite(at) ? at : undefined;
}

/**
 * Lists the tags that ato sets itself and that need no place: notes, seed and artifacts.
 *
 * @param run The run.
 * @returns the tags that the run has.
 */
export function describingTags(run: Run): [key: string, text: string][] {
  const all: [string, string | undefined][] = [
    ["mlflow.note.content", run.notes?.toWellFormed()],
    ["ato.seed", run.seed],
    [
      "ato.artifacts",
      run.artifacts.length > 0 ? JSON.stringify(run.artifacts) : undefined,
    ],
  ];
  return all.flatMap(([key, text]) => text ? [[key, text]] : []);
}

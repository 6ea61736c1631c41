/**
 * How a program that `ato run` started tells that it records its runs itself, so that it makes one run and not
 * two.
 *
 * @module
 */
import { appendFileSync } from "node:fs";
import { attempt } from "./attempt.ts";
import { getProcess, isGranted } from "./runtime.ts";

/** The environment variable that names the file in which runs are announced. */
export const LAUNCH_VARIABLE = "ATO_LAUNCH";

/** A run that a program recorded itself; one line of the file, as JSON. */
export interface AnnouncedRun {
  /** The absolute path of its database. */
  readonly path: string;
  /** Its id there. */
  readonly id: number;
  /** Its UUID. */
  readonly uuid: string;
  /** Whether an `ato run` within the launch has observed it. */
  readonly isObserved?: boolean;
}

/**
 * Announces a run, if `ato run` started this process. Without permission nothing is announced, and there are
 * two runs: one of the program and one of `ato run`.
 *
 * @param run The run.
 */
export function announceRun(run: AnnouncedRun): void {
  if (!isGranted({ name: "env", variable: LAUNCH_VARIABLE })) return;
  const path = getProcess().env[LAUNCH_VARIABLE];
  if (!path || !isGranted({ name: "write", path })) return;
  try {
    appendFileSync(path, `${JSON.stringify(run)}\n`);
  } catch {
    // `ato run` has ended and removed the file; the run itself is recorded.
  }
}

/** The environment variable by which `ato run --sync` names places for the runs of a program: a JSON list. */
export const SYNC_VARIABLE = "ATO_SYNC";

/** The places to which `ato run --sync` sends the runs of this process; none without permission to ask. */
export function placesOfLaunch(): string[] {
  if (!isGranted({ name: "env", variable: SYNC_VARIABLE })) return [];
  const text = getProcess().env[SYNC_VARIABLE];
  const places: unknown = text ? attempt(() => JSON.parse(text)) : undefined;
  return Array.isArray(places)
    ? places.filter((place) => typeof place === "string")
    : [];
}

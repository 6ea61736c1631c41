/**
 * What observes this process itself, if a program has asked for that. The tracker asks it for the inputs of its runs.
 *
 * @module
 */
import type { RunInputs } from "./run_inputs.ts";

/** What the tracker knows of a run of this process. */
export interface OwnRun {
  /** The project's root, from which inputs are named. */
  readonly root: string;
  /** Paths from the root of files that are code: the tracker has read them. */
  readonly code: readonly string[];
  /** The database that the run is recorded in. */
  readonly database: string;
}

/** Observes this process. */
export interface ProcessObserver {
  /** Returns what the process has read until now. */
  inputs(run: OwnRun): Promise<RunInputs>;
}

let current: ProcessObserver | undefined;

/** Sets what observes this process. */
export function setProcessObserver(observer: ProcessObserver): void {
  current = observer;
}

/** Returns what observes this process; `undefined` if nothing does. */
export function processObserver(): ProcessObserver | undefined {
  return current;
}

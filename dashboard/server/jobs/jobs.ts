/** The work that takes too long for the thread that answers requests. */
import type { SQLFinder } from "../../../tracker/mod.ts";
import { changes } from "./changes.ts";
import { versions } from "./versions.ts";
import { why } from "./why.ts";

/** How a job is to be done. */
export interface JobContext {
  readonly finder: SQLFinder;
  /** The most runs that are read besides those that are asked about. */
  readonly limit: number;
}

/** The texts that say what a job is about. */
export type JobInput = Readonly<Record<string, string | undefined>>;

/** A job: computes an answer. */
export type Job = (input: JobInput, context: JobContext) => Promise<unknown>;

/** The names of the jobs. */
export type JobName = "why" | "changes" | "versions";

/** All jobs. */
export const JOBS: Readonly<Record<JobName, Job>> = { why, changes, versions };

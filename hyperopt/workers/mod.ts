/**
 * Running a study: in this thread, or in threads of its own.
 *
 * @module
 */
export type {
  ObjectiveResult,
  StudyObjective,
  TrialContext,
} from "./objective.ts";
export * from "./run_study.ts";
export { WorkerDiedError, WorkerStartError } from "./worker.ts";

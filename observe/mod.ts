/**
 * Observers of programs: what they load into a process to see what it reads.
 *
 * @module
 */
export type { Observation } from "../internal/observation.ts";
export type {
  Coverage,
  ParseCache,
  ProgramModule,
  ProgramPiece,
  ProgramSnapshot,
} from "../internal/run_factors.ts";
export {
  type CollectedRecord,
  Collector,
  type CollectorOptions,
  type Part,
  STILL_RUNNING,
} from "./collector.ts";
export type { ResolvedConfig, WordsConfig } from "./_resolved_config.ts";
export { type Launch, type LaunchOptions, makeLaunch } from "./launch.ts";
export { standardInput } from "./_standard_input.ts";
export { removeStaleLaunches } from "./_stale_launches.ts";
export { submitterOf } from "./_submitters.ts";
export {
  type JavascriptLaunch,
  javascriptLaunch,
  type LaunchFile,
} from "./javascript/launch.ts";
export { type Launch as PythonLaunch, pythonLaunch } from "./python/launch.ts";
export {
  type PythonModule,
  pythonProgram,
  type PythonProgramOptions,
} from "./python/python_program.ts";

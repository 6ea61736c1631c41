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
  type PythonModule,
  pythonProgram,
  type PythonProgramOptions,
} from "./python/python_program.ts";

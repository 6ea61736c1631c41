/**
 * What is seen of a program's reads, and what becomes of it.
 *
 * @module
 */

import type { SeenRead } from "../internal/run_inputs.ts";

export type { RunInputs, SeenRead } from "../internal/run_inputs.ts";

/** All that is known of what a run read. */
export interface SeenInputs {
  /** The project's root, an absolute path: paths below it are named from there. */
  readonly root: string;
  /** The reads, in any order. */
  readonly reads: readonly SeenRead[];
  /** The absolute paths that the run wrote before it read them. */
  readonly written?: ReadonlySet<string>;
  /** The variables that it read, with the values that it was started with; `null` for one that was not set. */
  readonly variables:
    readonly (readonly [name: string, value: string | null])[];
  /**
   * The absolute paths of files and folders that are code, or the database of the run: the modules of the program,
   * the folder of an interpreter. Nothing at or below them is an input, unless it is named by itself.
   */
  readonly code?: Iterable<string>;
  /** What could not be seen, one phrase each. */
  readonly gaps: readonly string[];
  /**
   * Whether the whole run was observed. Without it, inputs are `partial` even without gaps: there are only the ones
   * that were logged.
   */
  readonly isObserved: boolean;
}

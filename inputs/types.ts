/**
 * What is seen of a program's reads, and what becomes of it.
 *
 * @module
 */

export type {
  RunInputs,
  SeenInputs,
  SeenRead,
} from "../internal/run_inputs.ts";

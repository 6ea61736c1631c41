/**
 * Words for the change of a factor whose value is a hash.
 *
 * @module
 */
import { kindOfFactor } from "./run_factors.ts";
import { UNSET } from "./run_inputs.ts";

/**
 * Says how a factor changed whose value says nothing to a reader. A file that a run did not read may still be there,
 * and a variable may still be set: only the reading has changed.
 *
 * @param id The id of a piece of code, an input or a variable.
 * @param before Its value in the first run; `undefined` if the run does not have it.
 * @param after Its value in the second run.
 * @returns e.g. `changed`, `removed`, `no longer read`, `unset -> set`.
 */
export function hashChange(
  id: string,
  before: string | undefined,
  after: string | undefined,
): string {
  const isCode = kindOfFactor(id) === "code";
  if (before === undefined) return isCode ? "added" : "newly read";
  if (after === undefined) return isCode ? "removed" : "no longer read";
  if (before === UNSET) return "unset -> set";
  return after === UNSET ? "set -> unset" : "changed";
}

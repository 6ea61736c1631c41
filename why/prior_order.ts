/**
 * The order of suspects when nothing else speaks.
 *
 * @module
 */
import { type FactorKind, kindOfFactor } from "../internal/run_factors.ts";

const RANKS: Readonly<Record<FactorKind, number>> = {
  code: 0,
  input: 2,
  config: 3,
  command: 4,
  package: 5,
  env: 6,
  environment: 7,
  seed: 8,
};

/** Last keys of config leaves that decide how long a run is. */
const LENGTH =
  /epoch|steps?$|iter|patience|stop|budget|duration|tol$|rounds?$|length$/i;

/**
 * Sorts factors: code, inputs, config, the command, packages, variables, the environment, seeds.
 *
 * @param ids The ids.
 * @param isAboutLength Whether the runs differ in length, so that what decides the length comes first.
 * @returns the ids, sorted.
 */
export function inPriorOrder(
  ids: readonly string[],
  isAboutLength: boolean = false,
): string[] {
  const rank = (id: string) => rankOf(id, isAboutLength);
  return [...ids].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function rankOf(id: string, isAboutLength: boolean): number {
  const kind = kindOfFactor(id);
  if (isAboutLength && kind === "config" && LENGTH.test(id)) return -1;
  // The other statements of a module change with its imports.
  return RANKS[kind] + (kind === "code" && id.endsWith("#") ? 1 : 0);
}

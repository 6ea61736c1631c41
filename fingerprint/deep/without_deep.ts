import type { DeepRecord } from "../../internal/run_source.ts";

/**
 * The record of a function that has no deep fingerprint.
 *
 * @param reason Why.
 * @returns a record that is empty but for the reason.
 */
export function withoutDeep(reason: string): DeepRecord {
  return {
    reason,
    dependencies: [],
    packages: {},
    globals: [],
    blindSpots: [],
    modules: {},
  };
}

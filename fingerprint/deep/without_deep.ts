import type { DeepRecord } from "../../internal/run_source.ts";

/**
 * Makes the record of a function that has no deep fingerprint.
 *
 * @param reason Why.
 * @returns a record with nothing but the reason.
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

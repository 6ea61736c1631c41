import type { Run } from "../tracker/mod.ts";
import { flatten } from "./flatten.ts";
import { nearest } from "./nearest.ts";
import { visible } from "./text.ts";

/** So many runs are looked at for what may have been meant. */
const LOOKED_AT = 200;

/**
 * Says that no run has a config key or metric, and which one may have been meant.
 *
 * @param key What was given.
 * @param runs The runs.
 * @returns the rest of a sentence, e.g. `no run here has such a config key or metric; did you mean lr?`.
 */
export async function noSuchKey(
  key: string,
  runs: readonly Run[],
): Promise<string> {
  const known = new Set<string>();
  for (const run of runs.slice(0, LOOKED_AT)) {
    for (const path of flatten(run.config).keys()) known.add(path);
    for (const metric of await run.metrics.keys()) known.add(metric);
  }
  const guess = nearest(key, [...known]);
  return "no run here has such a config key or metric" +
    (guess === undefined
      ? "; `ato show RUN` lists those of a run"
      : `; did you mean ${visible(guess)}?`);
}

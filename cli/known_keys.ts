import type { Run } from "../tracker/mod.ts";
import { flatten } from "../internal/leaves.ts";
import { nearestName } from "../internal/names.ts";
import { readEach } from "./sound.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "../internal/visible_text.ts";

/** The number of runs that are searched for a similar key. */
const LOOKED_AT = 200;

/**
 * Says that no run has a config key or metric, and suggests a similar one.
 *
 * @param key What was given.
 * @param runs The runs; damaged parts are left out.
 * @param terminal The terminal that is told what was left out.
 * @returns the rest of a sentence, e.g. `no run here has such a config key or metric; did you mean lr?`.
 */
export async function noSuchKey(
  key: string,
  runs: readonly Run[],
  terminal: Terminal,
): Promise<string> {
  const known = new Set<string>();
  const found = await readEach(
    runs.slice(0, LOOKED_AT),
    terminal,
    async (run) => [
      ...flatten(run.config).keys(),
      ...await run.metrics.names(),
    ],
  );
  for (const { value } of found) value.forEach((name) => known.add(name));
  const guess = nearestName(key, [...known]);
  return "no run here has such a config key or metric" +
    (guess === undefined
      ? "; `ato show RUN` lists those of a run"
      : `; did you mean ${visible(guess)}?`);
}

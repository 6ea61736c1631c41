/** The history as a table: a row for each run, with what changed against the run before. */
import { DIMENSIONS } from "../../parts/coverage_words.ts";
import { changesText } from "./change_text.ts";
import type { Neighbours } from "./neighbours.ts";
import type { HistoryPoint } from "./points.ts";

/** Makes the rows. What is not known is empty for the first run, and said otherwise. */
export function historyCsv(
  points: readonly HistoryPoint[],
  neighbours: readonly (Neighbours | undefined)[],
  metric: string,
): unknown[][] {
  return [
    ["run", "name", "status", "started", metric, ...DIMENSIONS, "what changed"],
    ...points.map(({ id, name, status, started, value }, i) => {
      const found = neighbours[i];
      const unread = i === 0 ? "" : "not read yet";
      return [
        id,
        name,
        status,
        new Date(started),
        value,
        ...DIMENSIONS.map((one) => found?.states[one] ?? unread),
        found === undefined ? unread : changesText(found),
      ];
    }),
  ];
}

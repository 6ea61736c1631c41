/** The table of runs as a file: the rows that the filter leaves, with every config key that differs. */
import { saveCsv } from "../../files/save.ts";
import type { RunRow, RunRows } from "./rows.ts";

/** Saves the table. Its values are raw: they are not shortened as on the page. */
export function saveRuns(
  project: string,
  { metric, differing }: RunRows,
  rows: readonly RunRow[],
): void {
  const metrics = metric === undefined
    ? []
    : [metric, `${metric} min`, `${metric} max`];
  const head = [
    "run",
    "name",
    "status",
    ...metrics,
    ...differing,
    "tags",
    "started",
    "duration",
  ];
  saveCsv(`runs of ${project}`, [
    head,
    ...rows.map((row) => [
      row.id,
      row.name,
      row.status,
      ...(metric === undefined ? [] : [row.last, row.min, row.max]),
      ...differing.map((key) => row.config.get(key)),
      row.tags.join(" "),
      row.started === null ? null : new Date(row.started),
      row.duration,
    ]),
  ]);
}

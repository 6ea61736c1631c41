import type { Chosen } from "./choose.ts";
import { flatten } from "../../internal/leaves.ts";

/** A row of a table. */
export type Row = Readonly<Record<string, unknown>>;

/** A table whose rows are read on demand. */
export interface Table {
  readonly columns: readonly string[];
  /** The largest run id in it. */
  readonly lastRun?: number;
  rows(): AsyncIterable<Row>;
}

/** Makes the table of points: one row for each point, with its run and metric. */
export function metricTable(chosen: readonly Chosen[]): Table {
  return {
    columns: [
      "run",
      "uuid",
      "project",
      "name",
      "metric",
      "step",
      "value",
      "time",
    ],
    lastRun: lastRun(chosen),
    async *rows() {
      for (const { run, project } of chosen) {
        const { id, uuid, name } = run;
        for (const metric of await run.metrics.names()) {
          for await (const points of run.metrics.pages(metric)) {
            for (const { step, value, time } of points) {
              yield { run: id, uuid, project, name, metric, step, value, time };
            }
          }
        }
      }
    },
  };
}

function lastRun(chosen: readonly Chosen[]): number {
  return chosen.reduce((last, { run }) => Math.max(last, run.id), 0);
}

const OF_RUN = [
  "run",
  "uuid",
  "project",
  "name",
  "status",
  "started",
  "ended",
  "duration",
  "seed",
  "tags",
  "notes",
] as const;

/** Makes the table of runs: one row for each run, with its config, its inputs and the last values of its metrics. */
export async function runTable(chosen: readonly Chosen[]): Promise<Table> {
  const rows: Record<string, unknown>[] = [];
  const columns = new Set<string>(OF_RUN);
  for (const { run, project, inputs } of chosen) {
    const row: Record<string, unknown> = {
      ...{ run: run.id, uuid: run.uuid, project, name: run.name },
      ...{ status: run.status, started: run.startTime, ended: run.endTime },
      ...{ duration: run.duration, seed: run.seed },
      ...{ tags: run.tags.join(","), notes: run.notes },
    };
    for (const [path, value] of flatten(run.config)) {
      row[`config.${path}`] = value;
    }
    for (const { id, value } of await inputs()) {
      row[id.replace(":", ".")] = value;
    }
    for (const key of await run.metrics.names()) {
      row[`metric.${key}`] = (await run.metrics.summary(key))?.last;
    }
    Object.keys(row).forEach((name) => columns.add(name));
    rows.push(row);
  }
  return {
    columns: [...columns],
    lastRun: lastRun(chosen),
    async *rows() {
      yield* rows;
    },
  };
}

/** The parts of a report about all of its runs: what they are, what differs, their metrics. */
import { short } from "../../internal/text.ts";
import { readSeries, svgPlot } from "../../plot/mod.ts";
import type { MetricSummary, Run, SQLFinder } from "../../tracker/mod.ts";
import { configRows, factorRows } from "../compared_rows.ts";
import { type Content, element, Markup, table } from "./markup.ts";

/** Parts of a curve: enough for its width on a page. */
const PARTS = 300;

/** Lists when each run started, how it ended, and what a person said of it. */
export function factsPart(runs: readonly Run[]): Content {
  return table(
    ["run", "name", "status", "started (UTC)", "seconds", "seed", "tags"],
    runs.map((run) => [
      String(run.id),
      run.name,
      run.status,
      run.startTime?.toISOString().slice(0, 19).replace("T", " "),
      run.duration === undefined ? "" : short(run.duration),
      run.seed,
      run.tags.join(", "),
    ]),
  );
}

/** Lists the config values, code, inputs and parts of the machine that differ. */
export async function differencesPart(
  runs: readonly Run[],
  finder: SQLFinder,
): Promise<Content> {
  if (runs.length < 2) return undefined;
  const rows = [
    ...await configRows(runs, false),
    ...await factorRows(finder, runs),
  ];
  return [
    element("h2", "What differs"),
    rows.length === 0
      ? element("p", "Nothing that was recorded differs.")
      : table(
        ["", "", ...runs.map(({ id }) => `run ${id}`)],
        rows.map(({ kind, name, values }) => [
          kind,
          element("code", name),
          ...values.map((value) =>
            value === undefined
              ? element("span.weak", "absent")
              : element("code", String(value))
          ),
        ]),
      ),
  ];
}

/** Lists the metrics, and draws the curve of each. */
export async function metricsPart(
  runs: readonly Run[],
  wanted?: string,
): Promise<Content> {
  const names = wanted === undefined ? await metricNames(runs) : [wanted];
  if (names.length === 0) return element("p", "The runs have no metrics.");
  const parts: Content[] = [];
  for (const name of names) parts.push(await metricPart(runs, name));
  return [element("h2", "Metrics"), parts];
}

async function metricNames(runs: readonly Run[]): Promise<string[]> {
  const names = await Promise.all(runs.map(({ metrics }) => metrics.names()));
  return [...new Set(names.flat())].sort();
}

async function metricPart(
  runs: readonly Run[],
  name: string,
): Promise<Content> {
  const rows: Content[][] = [];
  for (const { id, metrics } of runs) {
    const summary = await metrics.summary(name);
    if (summary !== undefined) rows.push([`run ${id}`, ...figures(summary)]);
  }
  const series = await readSeries(runs, name, PARTS);
  // The drawing escapes the texts of the file by itself.
  const drawing = svgPlot(series, { title: name, tips: true });
  return [
    element("h3", name),
    element("figure", new Markup(drawing)),
    table(["", "last", "min", "max", "points", ""], rows),
  ];
}

function figures(
  { last, min, max, count, divergedAt }: MetricSummary,
): string[] {
  const text = (value: number | undefined) =>
    value === undefined ? "" : short(value);
  return [
    text(last),
    text(min),
    text(max),
    String(count),
    divergedAt === undefined ? "" : `diverged at step ${divergedAt}`,
  ];
}

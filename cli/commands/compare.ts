import type { Run } from "../../tracker/mod.ts";
import { type Command, EXIT, UsageError } from "../command.ts";
import type { PlotSeries } from "../../plot/mod.ts";
import {
  type ComparedRow,
  configRows,
  factorRows,
  metricRows,
} from "../compared_rows.ts";
import { commonMetric, curvesOf, drawCurves } from "../plots.ts";
import { runsNamed } from "../runs_by_name.ts";
import type { Terminal } from "../terminal.ts";
import { short } from "../../internal/text.ts";
import { fit } from "../../internal/text_width.ts";
import { visible } from "../../internal/visible_text.ts";
import { writeTable } from "../output/table.ts";

/** The command `ato compare`. */
export const compare: Command = {
  name: "compare",
  summary: "Compare runs side by side: config, metrics, code, and a plot",
  usage: "ato compare RUN… [--metric M] [--all]",
  options: {
    metric: { type: "string" },
    all: { type: "boolean", default: false },
  },
  optionHelp: {
    "--metric M": "The metric to plot (default: one that all runs have)",
    "--all": "Also show config values that are the same in all runs",
  },
  examples: [
    ["ato compare 1 2 3", "what differs among three runs"],
    ["ato compare 1 2 --metric loss", "with the curves of the loss"],
  ],
  async run({ words, options, terminal, json, finder }) {
    if (words.length < 2) {
      throw new UsageError(
        "Cannot compare: name two runs or more, as in `ato compare 1 2`",
      );
    }
    const file = await finder();
    const runs = await runsNamed(file, words, terminal);
    const rows = [
      ...await configRows(runs, options.all === true),
      ...await factorRows(file, runs),
      ...await metricRows(runs),
    ];
    const differs = rows.some(({ kind, values }) =>
      kind !== "metric" && new Set(values.map(String)).size > 1
    );
    // Before anything is written: a metric that no run has is a mistake.
    const plot = await readPlot(runs, options.metric);
    if (json) terminal.json({ runs: runs.map(({ id }) => id), rows });
    else {
      print(runs, rows, terminal);
      if (plot !== undefined) await draw(plot, terminal);
    }
    return differs ? EXIT.differs : EXIT.ok;
  },
};

function print(
  runs: readonly Run[],
  rows: readonly ComparedRow[],
  terminal: Terminal,
): void {
  const most = terminal.width === Infinity
    ? 40
    : Math.max(8, Math.floor((terminal.width - 20) / (runs.length + 1)));
  const cell = (value: string | number | undefined) =>
    fit(
      value === undefined
        ? "-"
        : typeof value === "number"
        ? short(value)
        : visible(value),
      most,
    );
  const named = rows.map(({ kind, name, values }) => [
    kind,
    fit(visible(name), Math.max(most, 12)),
    ...values.map(cell),
  ]);
  const facts = [
    ["run", "name", ...runs.map((run) => cell(run.name))],
    ["run", "status", ...runs.map((run) => cell(run.status))],
  ];
  const shown = runs.some((run) => run.name !== undefined)
    ? facts
    : facts.slice(1);
  writeTable(terminal, ["", "", ...runs.map(({ id }) => `run ${id}`)], [
    ...shown,
    ...named,
  ]);
}

interface Plot {
  readonly metric: string;
  readonly series: readonly PlotSeries[];
}

async function readPlot(
  runs: readonly Run[],
  wanted: unknown,
): Promise<Plot | undefined> {
  const metric = typeof wanted === "string" ? wanted : await commonMetric(runs);
  if (metric === undefined) return undefined;
  return { metric, series: await curvesOf(runs, metric, 200) };
}

async function draw(
  { metric, series }: Plot,
  terminal: Terminal,
): Promise<void> {
  terminal.line();
  await drawCurves(series, terminal, { title: visible(metric) });
}

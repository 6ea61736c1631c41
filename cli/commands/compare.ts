import type { Run, SQLFinder } from "../../tracker/mod.ts";
import { type Command, EXIT, UsageError } from "../command.ts";
import type { PlotSeries } from "../../plot/mod.ts";
import { hashDigits, isHash } from "../../internal/factor_value.ts";
import { curvesOf, drawCurves } from "../plots.ts";
import { runsNamed } from "../runs_by_name.ts";
import type { Terminal } from "../terminal.ts";
import type { FactorKind } from "../../internal/run_factors.ts";
import { short } from "../../internal/text.ts";
import { fit } from "../../internal/text_width.ts";
import { visible } from "../../internal/visible_text.ts";
import { textAt } from "../../internal/value_text.ts";
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
    const runs = await runsNamed(file, words);
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

/** One line of the table. */
interface Row {
  readonly kind: "config" | "code" | "input" | "environment" | "metric";
  readonly name: string;
  /** One for each run. */
  readonly values: readonly (string | number | undefined)[];
}

/** Where the factors of each kind are shown; the config has rows of its own. */
const ROW_KINDS: Readonly<Partial<Record<FactorKind, Row["kind"]>>> = {
  code: "code",
  package: "code",
  input: "input",
  env: "input",
  environment: "environment",
};

async function configRows(
  runs: readonly Run[],
  all: boolean,
): Promise<Row[]> {
  const { configLeaves } = await import("../../why/mod.ts");
  const leaves = runs.map((run) => configLeaves(run.config));
  const paths = [...new Set(leaves.flatMap((one) => [...one.keys()]))];
  return paths
    .map((name): Row => ({
      kind: "config",
      name,
      values: leaves.map((one) => textAt(one, name)),
    }))
    .filter(({ values }) => all || new Set(values).size > 1);
}

/** The pieces of code, packages, inputs and parts of the machine that differ. */
async function factorRows(
  file: SQLFinder,
  runs: readonly Run[],
): Promise<Row[]> {
  const { compareRuns } = await import("../../why/mod.ts");
  const { rows } = await compareRuns(runs, file);
  return rows.flatMap(({ id, kind: of, cells }): Row[] => {
    const kind = ROW_KINDS[of];
    if (kind === undefined) return [];
    const values = cells.map((cell) =>
      cell.is === "value" ? cell.value : undefined
    );
    return [{
      kind,
      name: id.slice(id.indexOf(":") + 1),
      values: values.map((value) => kind === "code" ? hashText(value) : value),
    }];
  });
}

/** The digits of a hash; other values, such as versions, as they are. */
function hashText(value: string | undefined): string | undefined {
  return value !== undefined && isHash(value) ? hashDigits(value, 8) : value;
}

async function metricRows(runs: readonly Run[]): Promise<Row[]> {
  const rows = new Map<string, (number | undefined)[]>();
  for (const [index, run] of runs.entries()) {
    for (const key of await run.metrics.names()) {
      const values = rows.get(key) ?? runs.map(() => undefined);
      values[index] = (await run.metrics.summary(key))?.last;
      rows.set(key, values);
    }
  }
  return [...rows].sort(([a], [b]) => a < b ? -1 : 1).map((
    [name, values],
  ) => ({ kind: "metric", name, values }));
}

function print(
  runs: readonly Run[],
  rows: readonly Row[],
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

/** Chooses the metric that all runs have and that has the most points. */
async function commonMetric(runs: readonly Run[]): Promise<string | undefined> {
  let best: { key: string; count: number } | undefined;
  for (const key of await runs[0]!.metrics.names()) {
    const summaries = await Promise.all(
      runs.map((run) => run.metrics.summary(key)),
    );
    const count = Math.min(...summaries.map((one) => one?.count ?? 0));
    if (count > (best?.count ?? 0)) best = { key, count };
  }
  return best?.key;
}

/** Reads and draws the curves of `ato plot` and `ato compare`. */
import { visible } from "../internal/visible_text.ts";
import type { PlotSeries } from "../plot/mod.ts";
import type { Run } from "../tracker/mod.ts";
import { NotFoundError } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Reads the curves of a metric.
 *
 * @param runs The runs.
 * @param metric The metric.
 * @param maxPoints The most stretches of a curve.
 * @returns one curve for each run that has the metric.
 * @throws {NotFoundError} If no run has the metric.
 */
export async function curvesOf(
  runs: readonly Run[],
  metric: string,
  maxPoints: number,
): Promise<PlotSeries[]> {
  const { readSeries } = await import("../plot/mod.ts");
  const series = await readSeries(runs, metric, maxPoints);
  if (series.length > 0) return series;
  const names = await Promise.all(runs.map((run) => run.metrics.names()));
  const known = [...new Set(names.flat())].sort();
  throw new NotFoundError(
    `Cannot plot ${visible(metric)}: no run has such a metric; ` +
      (known.length === 0
        ? "the runs have no metrics"
        : `there is ${visible(known.join(", "))}`),
  );
}

/**
 * Draws curves in a terminal.
 *
 * @param series The curves.
 * @param terminal The terminal.
 * @param options The title, and whether the values are on a logarithmic scale.
 */
export async function drawCurves(
  series: readonly PlotSeries[],
  terminal: Terminal,
  options: { readonly title: string; readonly log?: boolean },
): Promise<void> {
  const { terminalPlot } = await import("../plot/mod.ts");
  const { width, color } = terminal;
  for (const line of terminalPlot(series, { ...options, width, color })) {
    terminal.line(
      line.map(({ text, style }) =>
        style === undefined ? text : terminal.style(style, text)
      ).join(""),
    );
  }
}

/**
 * Chooses the metric that all runs have and that has the most points.
 *
 * @param runs The runs, at least one.
 * @returns its name; `undefined` if they have none in common.
 */
export async function commonMetric(
  runs: readonly Run[],
): Promise<string | undefined> {
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

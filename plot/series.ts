import type { ChartBin, Run } from "../tracker/mod.ts";
import { visible } from "../internal/visible_text.ts";

/** One curve of a plot. */
export interface PlotSeries {
  /** Its text in the legend. */
  readonly label: string;
  /** The curve, in ranges of steps. */
  readonly bins: readonly ChartBin[];
}

/** The ends of both axes. */
export interface PlotRange {
  /** Steps. */
  readonly x: readonly [low: number, high: number];
  /** Values of the metric; finite. */
  readonly y: readonly [low: number, high: number];
}

/**
 * Reads the curve of a metric from each run that has it.
 *
 * @param runs The runs.
 * @param metric The metric.
 * @param maxPoints The most bins of a curve.
 * @returns the curves, in the order of the runs; none if no run has the metric.
 */
export async function readSeries(
  runs: readonly Run[],
  metric: string,
  maxPoints: number,
): Promise<PlotSeries[]> {
  const series: PlotSeries[] = [];
  for (const run of runs) {
    const bins = await run.metrics.chart(metric, { maxPoints });
    if (bins.length === 0) continue;
    const name = run.name === undefined ? "" : ` ${visible(run.name)}`;
    series.push({ label: `run ${run.id}${name}`, bins });
  }
  return series;
}

/**
 * Computes the range that all curves fit in.
 *
 * @param series The curves.
 * @param log Whether the scale is logarithmic: values that are not above 0 are left out.
 * @returns the range; `undefined` if no value can be shown.
 */
export function rangeOf(
  series: readonly PlotSeries[],
  log: boolean,
): PlotRange | undefined {
  const bins = series.flatMap((one) => one.bins);
  const values = bins.flatMap(({ min, max }) => [min, max]).filter((value) =>
    value !== undefined && Number.isFinite(value) && (!log || value > 0)
  ) as number[];
  if (values.length === 0) return undefined;
  return {
    x: [
      least(bins.map((bin) => bin.firstStep)),
      most(bins.map((bin) => bin.lastStep)),
    ],
    y: [least(values), most(values)],
  };
}

/** Not by spreading: curves can be longer than the limit of arguments of a call. */
function least(values: readonly number[]): number {
  return values.reduce((low, value) => Math.min(low, value), Infinity);
}

function most(values: readonly number[]): number {
  return values.reduce((high, value) => Math.max(high, value), -Infinity);
}

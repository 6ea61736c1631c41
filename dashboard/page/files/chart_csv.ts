/** The values of a chart as a table: a row for each part of each curve. */
import type { AxisKind } from "../parts/chart_axis.ts";
import type { PlottedLine } from "../parts/chart_data.ts";

/** Makes the rows; where the axis counts time, they have its places, too. */
export function chartCsv(
  lines: readonly PlottedLine[],
  axis: AxisKind = "step",
): unknown[][] {
  const hasSmooth = lines.some(({ smooth }) => smooth !== undefined);
  const place = axis === "elapsed" ? "seconds" : "time";
  return [
    [
      "curve",
      "step",
      ...(axis === "step" ? [] : [place]),
      "last",
      "min",
      "max",
      ...(hasSmooth ? ["smoothed"] : []),
    ],
    ...lines.flatMap((line) =>
      line.steps.map((step, i) => {
        const x = line.xs[i] ?? NaN;
        return [
          line.label,
          step,
          ...(axis === "step"
            ? []
            : [axis === "elapsed" ? x : new Date(x * 1000)]),
          line.last[i],
          line.min[i],
          line.max[i],
          ...(hasSmooth ? [line.smooth?.[i]] : []),
        ];
      })
    ),
  ];
}

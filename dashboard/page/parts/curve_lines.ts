/** Curves as they are read, placed and smoothed. */
import type { CurveReply } from "../../api_types.ts";
import { read } from "../api.ts";
import type { AxisKind } from "./chart_axis.ts";
import type { ChartLine } from "./chart_data.ts";
import type { CurveView } from "./curve_view.ts";
import { smooth, smoothAt } from "./smooth.ts";

/** A curve as it is shown. */
export interface ShownCurve {
  readonly curve: CurveReply;
  /** The curve from its first to its last step, if it is smoothed and only a part of it is shown. */
  readonly whole?: CurveReply;
}

/** What is asked of a curve: all that its view depends on. */
export type CurveQuery = Pick<CurveView, "range" | "axis" | "weight">;

/** Returns what the answer for a view depends on. */
export function queryKey({ range, axis, weight }: CurveQuery): string {
  return JSON.stringify([
    range?.from,
    range?.to,
    axis !== "step",
    weight > 0 && range !== undefined,
  ]);
}

/** Reads a curve. */
export async function readCurve(
  { run, metric, width }: {
    readonly run: number;
    readonly metric: string;
    /** Parts: about one a pixel. */
    readonly width: number;
  },
  { range, axis, weight }: CurveQuery,
  signal: AbortSignal,
): Promise<ShownCurve> {
  const path = `/api/runs/${run}/curve`;
  const times = axis === "step" ? undefined : 1;
  const [curve, whole] = await Promise.all([
    read<CurveReply>(path, { metric, width, times, ...range }, signal),
    range === undefined || weight === 0
      ? undefined
      : read<CurveReply>(path, { metric, width }, signal),
  ]);
  return { curve, ...(whole && { whole }) };
}

/** Makes the line of a curve. */
export function lineOf(
  { curve, whole }: ShownCurve,
  { label, colour, started }: {
    readonly label: string;
    readonly colour: number;
    /** When its run started: milliseconds since 1970. */
    readonly started: number | undefined;
  },
  { axis, weight, range }: CurveQuery,
): ChartLine {
  const kind = axisOf([curve], axis);
  return {
    label,
    colour,
    curve,
    ...(kind !== "step" && { xs: placesOf(curve, kind, started) }),
    ...(weight > 0 && smoothOf(curve, range === undefined ? curve : whole)),
  };
  function smoothOf(shown: CurveReply, of: CurveReply | undefined) {
    if (of === undefined) return {};
    const values = smooth(of.last, weight);
    if (of === shown) return { smooth: values };
    const found = smoothAt({ steps: of.steps, values }, shown.steps);
    return {
      smooth: found.map((value, i) =>
        (shown.last[i] ?? null) === null ? null : value
      ),
    };
  }
}

/** The axis that curves can have: until their times arrive, the ones that are here are shown by step. */
export function axisOf(
  curves: readonly CurveReply[],
  axis: AxisKind,
): AxisKind {
  return curves.every(({ times }) => times !== undefined) ? axis : "step";
}

/** Seconds since 1970, or since the start of the run. */
function placesOf(
  { times = [] }: CurveReply,
  axis: AxisKind,
  started: number | undefined,
): number[] {
  const first = times.find((time) => time !== null) ?? 0;
  const start = axis === "clock" ? 0 : Math.min(started ?? first, first);
  let before = first;
  return times.map((time) => {
    before = time ?? before;
    return (before - start) / 1000;
  });
}

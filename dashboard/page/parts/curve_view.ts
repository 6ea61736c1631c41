/** How curves are shown; all of it is in the address. */
import { set } from "../router.ts";
import type { StepRange } from "./chart.tsx";
import type { AxisKind } from "./chart_axis.ts";

/** The settings. */
export interface CurveView {
  readonly range: StepRange | undefined;
  readonly isLog: boolean;
  /** The weight of the moving average, from 0 (none) to 0.99. */
  readonly weight: number;
  readonly axis: AxisKind;
}

/** The greatest weight. */
export const MOST_WEIGHT = 0.99;

/** Reads the settings from an address; what it lacks or has wrong is as usual. */
export function readView(query: URLSearchParams): CurveView {
  const [from, to] = [stepIn(query, "from"), stepIn(query, "to")];
  const weight = Number(query.get("smooth") ?? 0);
  const axis = query.get("x");
  return {
    range: from !== undefined && to !== undefined && from <= to
      ? { from, to }
      : undefined,
    isLog: query.get("scale") === "log",
    weight: weight > 0 ? Math.min(weight, MOST_WEIGHT) : 0,
    axis: axis === "elapsed" || axis === "clock" ? axis : "step",
  };
}

/** Reads a step from an address; `undefined` if it has none, or a wrong one. */
export function stepIn(
  query: URLSearchParams,
  name: string,
): number | undefined {
  const step = Number(query.get(name) || NaN);
  return Number.isSafeInteger(step) ? step : undefined;
}

/** Puts settings into the address. */
export function setView(change: Partial<CurveView>): void {
  const { range, isLog, weight, axis } = change;
  set({
    ...("range" in change && { from: range?.from, to: range?.to }),
    ...(isLog !== undefined && { scale: isLog ? "log" : undefined }),
    ...(weight !== undefined && { smooth: weight || undefined }),
    ...(axis !== undefined && { x: axis === "step" ? undefined : axis }),
  });
}

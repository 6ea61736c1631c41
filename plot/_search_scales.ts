/** Scales of the plots of a search. */
import { short } from "../internal/text.ts";
import { linearScale, logScale } from "./scale.ts";
import type { PlotParameter, SearchPlotData } from "./search_data.ts";

/** One axis: a parameter, or the metric. */
export interface Axis {
  readonly name: string;
  /** Maps a value to the range from 0 to 1. */
  at(value: number): number;
  /** The values that are named, ascending, with their texts. */
  readonly marks: readonly { readonly value: number; readonly text: string }[];
  /** Whether there are only a few values. */
  readonly isChoice: boolean;
}

/** Makes the axis of a parameter. */
export function axisOf(parameter: PlotParameter, count = 4): Axis {
  const { name, low, high, log, choices } = parameter;
  const make = log && low > 0 ? logScale : linearScale;
  const scale = make([low, high], count);
  const isChoice = choices.length > 0;
  const marks = isChoice
    ? choices.map((text, value) => ({ value, text }))
    : withEnds(scale.ticks, low, high).map((value) => ({
      value,
      text: short(value),
    }));
  return { name, at: scale.at, marks, isChoice };
}

function withEnds(
  ticks: readonly number[],
  low: number,
  high: number,
): number[] {
  // A round value that is close to an end would be written over it.
  const near = (high - low) / 20;
  const inner = ticks.filter((tick) => tick - low > near && high - tick > near);
  return [...new Set([low, ...inner, high])];
}

/** Makes the axis of the metric; `undefined` if no trial has a result. */
export function metricAxis(
  { metric, trials }: SearchPlotData,
  count = 4,
): Axis | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const { result } of trials) {
    if (result === undefined || !Number.isFinite(result)) continue;
    low = Math.min(low, result);
    high = Math.max(high, result);
  }
  if (low > high) return undefined;
  const scale = linearScale([low, high], count);
  return {
    name: metric,
    at: scale.at,
    marks: withEnds(scale.ticks, low, high).map((value) => ({
      value,
      text: short(value),
    })),
    isChoice: false,
  };
}

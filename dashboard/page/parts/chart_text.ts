/** A chart in words, for people who do not see it. */
import { number } from "../text.ts";
import type { ChartLine } from "./chart_data.ts";

/** The most curves that are described. */
const MOST = 12;

/** Describes the curves of a chart: how long they are, where they end, and between which values. */
export function chartText(lines: readonly ChartLine[]): string {
  const texts = lines.slice(0, MOST).map(curveText);
  if (lines.length > MOST) texts.push(`${lines.length - MOST} more curves`);
  return texts.join(". ");
}

function curveText({ label, curve }: ChartLine): string {
  const { count, isPoints, steps, min, max, last, nonfinite } = curve;
  if (count === 0) return `${label}: no points`;
  const parts = [
    `${label}: ${count} ${count === 1 ? "point" : "points"}`,
    // Of a part that stands for many points only the greatest step is known.
    isPoints && count > 1
      ? `from step ${steps[0]} to step ${steps.at(-1)}`
      : `${count === 1 ? "at" : "up to"} step ${steps.at(-1)}`,
  ];
  const end = last.at(-1) ?? null;
  parts.push(`last ${end === null ? "not finite" : number(end)}`);
  const near = isPoints ? "at" : "near";
  const [low, high] = [extreme(min, Math.min), extreme(max, Math.max)];
  if (count > 1 && low !== undefined && high !== undefined) {
    parts.push(
      `least ${number(low.value)} ${near} step ${steps[low.place]}`,
      `greatest ${number(high.value)} ${near} step ${steps[high.place]}`,
    );
  }
  if (nonfinite.length > 0) {
    parts.push(
      `values that are not finite ${near} step ${nonfinite[0]}${
        nonfinite.length > 1 ? " and later" : ""
      }`,
    );
  }
  return parts.join(", ");
}

function extreme(
  values: readonly (number | null)[],
  better: (a: number, b: number) => number,
): { readonly value: number; readonly place: number } | undefined {
  let found: { value: number; place: number } | undefined;
  values.forEach((value, place) => {
    if (value === null) return;
    if (
      found === undefined ||
      (value !== found.value && better(value, found.value) === value)
    ) found = { value, place };
  });
  return found;
}

/** The points of a chart that a person means. */
import { nearest, type PlottedLine } from "./chart_data.ts";

/** A point of a curve. */
export interface ChartPoint {
  /** The place of its line among those of the chart. */
  readonly line: number;
  readonly step: number;
  /** `null` if it is not finite. */
  readonly value: number | null;
}

/** Where values are on the screen. */
export interface Places {
  /** The value at a place across. */
  valueAt(left: number): number;
  /** The place of a value upwards. */
  topOf(value: number): number;
}

/** Returns the point of a line that is nearest to a value across. */
export function pointOf(
  lines: readonly PlottedLine[],
  line: number,
  x: number,
): ChartPoint | undefined {
  const found = lines[line];
  if (found === undefined) return undefined;
  const i = nearest(found, x);
  const step = found.steps[i];
  return step === undefined
    ? undefined
    : { line, step, value: found.last[i] ?? null };
}

/** Returns the point that is nearest across, of the line that is nearest up and down there. */
export function pointNear(
  lines: readonly PlottedLine[],
  places: Places,
  { left, top }: { readonly left: number; readonly top: number },
): ChartPoint | undefined {
  const x = places.valueAt(left);
  let [best, least]: [ChartPoint | undefined, number] = [undefined, Infinity];
  for (const line of lines.keys()) {
    const point = pointOf(lines, line, x);
    if (point === undefined) continue;
    const { value } = point;
    // A point that is not finite is at the bottom, and is meant only where no other is.
    const far = value === null
      ? Number.MAX_VALUE
      : Math.abs(places.topOf(value) - top);
    if (far < least) [best, least] = [point, far];
  }
  return best;
}

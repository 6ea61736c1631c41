/** The texts of a chart's axes. */
import { duration, time } from "../text.ts";

/** What the horizontal axis counts: steps, seconds since the start, or seconds since 1970. */
export type AxisKind = "step" | "elapsed" | "clock";

const COMPACT = new Intl.NumberFormat("en", {
  notation: "compact",
  maximumSignificantDigits: 6,
});

/** Writes the numbers of an axis: `200k`, `1.5M`, `0.001`, `1e-9`. */
export function compact(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-6 && size < 1e15)) return COMPACT.format(value);
  return Number(value.toPrecision(6)).toExponential().replace("e+", "e");
}

/** Writes the ticks of the horizontal axis. */
export function tickTexts(
  values: readonly number[],
  kind: AxisKind,
): string[] {
  if (kind === "step") return values.map(compact);
  if (kind === "elapsed") return values.map(duration);
  const span = (values.at(-1) ?? 0) - (values[0] ?? 0);
  // The day once it is needed, seconds as long as they matter.
  return values.map((value) =>
    span > 2 * 86_400 ? time(value * 1000).slice(0, 10) : clock(value, span)
  );
}

function clock(seconds: number, span: number): string {
  const text = time(seconds * 1000).slice(11);
  if (span > 600) return text;
  const rest = seconds % 60;
  const digits = span < 5 ? 2 : 0;
  return `${text}:${rest.toFixed(digits).padStart(digits ? 5 : 2, "0")}`;
}

/** Writes a place of the horizontal axis in full. */
export function placeText(x: number, kind: AxisKind): string {
  if (kind === "step") return `step ${x}`;
  return kind === "elapsed"
    ? `after ${duration(Math.round(x * 100) / 100)}`
    : `${time(x * 1000).slice(0, 10)} ${clock(x, 10)}`;
}

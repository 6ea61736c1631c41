/** Texts of the values that an axis names. */
import { short } from "../internal/text.ts";

/** What stands at the marks of an axis. */
export interface MarkTexts {
  readonly texts: readonly string[];
  /** What the texts are less than the values, for the name of the axis: ` - 1e9`; empty if it is nothing. */
  readonly base: string;
}

/**
 * Writes values so that each differs from the others: values that differ only behind their sixth digit are written as
 * their distance from a round one.
 *
 * @param values The values, ascending.
 * @param write Writes a value in six digits.
 * @returns the texts, and what they are less than the values.
 */
export function markTexts(
  values: readonly number[],
  write: (value: number) => string = short,
): MarkTexts {
  const texts = values.map(write);
  if (areApart(texts, values)) return { texts, base: "" };
  for (let digits = 6; digits <= EXACT; digits++) {
    const base = Number(values[0]!.toPrecision(digits));
    const apart = values.map((value) => numberText(value - base, 3));
    if (!Number.isFinite(base) || !areApart(apart, values)) continue;
    const sign = base < 0 ? "+" : "-";
    return {
      texts: apart,
      base: ` ${sign} ${numberText(Math.abs(base), digits)}`,
    };
  }
  return { texts, base: "" };
}

/** So many digits tell any two numbers apart. */
const EXACT = 17;

/** Whether different values have different texts. */
function areApart(
  texts: readonly string[],
  values: readonly number[],
): boolean {
  return new Set(texts).size === new Set(values).size;
}

/** Writes a number; one with many zeros as a power of ten: `1e6`. */
export function numberText(value: number, digits: number): string {
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  const isPlain = size === 0 || (size >= 1e-4 && size < 1e6) ||
    (Number.isInteger(rounded) && size < 1e6);
  return isPlain ? String(rounded) : rounded.toExponential().replace("e+", "e");
}

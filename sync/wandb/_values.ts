import { encodeJson } from "../../internal/json.ts";

/** Deeper parts of a config are JSON in a string: Python's reader of JSON ends at a depth of about 1,000. */
const DEEPEST = 100;
/** W&B reads integers as int64. */
const GREATEST = 2n ** 63n - 1n;

/**
 * Writes a value of a config as the JSON that W&B shows. Where JSON has no such value, it is text: NaN and the
 * infinities (W&B itself makes them null), integers beyond 64 bits, dates, and what is nested deeper than 100 levels.
 *
 * @param value Plain data, as a run's config has it.
 */
export function configJson(value: unknown): string {
  return JSON.stringify(shown(value, 0)) ?? "null";
}

/** TypeScript does not know it yet; both runtimes have it. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function shown(value: unknown, depth: number): unknown {
  if (typeof value === "number") {
    if (Object.is(value, -0)) return rawJSON("-0.0");
    if (Number.isFinite(value)) {
      return Math.abs(value) < 1e21 && !Number.isSafeInteger(value) &&
          Number.isInteger(value)
        ? rawJSON(value.toExponential())
        : value;
    }
    return String(value);
  }
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "bigint") {
    return value <= GREATEST && value >= -GREATEST
      ? rawJSON(String(value))
      : String(value);
  }
  if (typeof value !== "object" || value === null) return value ?? null;
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? null : value.toISOString();
  }
  if (depth >= DEEPEST) return encodeJson(value).text;
  if (ArrayBuffer.isView(value)) {
    return Array.from(
      value as unknown as Iterable<unknown>,
      (item) => shown(item, depth + 1),
    );
  }
  if (Array.isArray(value)) return value.map((item) => shown(item, depth + 1));
  // A prototype would take `__proto__` for itself.
  const members: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) {
      members[key.toWellFormed()] = shown(member, depth + 1);
    }
  }
  return members;
}

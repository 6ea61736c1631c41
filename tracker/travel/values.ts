/** Converts rows of SQLite to plain data and back, without losing a bit. */
import { Buffer } from "node:buffer";
import type { Row, SqlValue } from "../driver.ts";
import { toStorable } from "../_storable_text.ts";
import type { TravelRow, TravelValue } from "./shape.ts";

/** Converts a value of a column. */
export function toTravel(value: SqlValue): TravelValue {
  if (value instanceof Uint8Array) {
    return { bytes: Buffer.from(value).toString("base64") };
  }
  if (typeof value === "bigint") return { int: String(value) };
  if (typeof value !== "number") return value;
  if (Object.is(value, -0)) return { real: "-0" };
  return Number.isFinite(value) ? value : { real: String(value) };
}

/**
 * Converts a value back.
 *
 * @throws {TypeError} If it is not one that {@linkcode toTravel} makes.
 */
export function fromTravel(value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return toStorable(value);
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "object") {
    const { int, real, bytes } = value as Record<string, unknown>;
    if (typeof bytes === "string") return Buffer.from(bytes, "base64");
    if (typeof int === "string" && /^-?\d{1,19}$/.test(int)) {
      const whole = BigInt(int);
      if (BigInt.asIntN(64, whole) === whole) return whole;
    }
    if (typeof real === "string" && /^-?(?:0|Infinity)$|^NaN$/.test(real)) {
      return Number(real);
    }
  }
  throw new TypeError("it has a value that no column of a database has");
}

/** Converts a row, without the columns that differ from file to file. */
export function toTravelRow(row: Row, without: ReadonlySet<string>): TravelRow {
  const names = Object.keys(row).filter((name) => !without.has(name)).sort();
  return Object.fromEntries(
    names.map((name) => [name, toTravel(row[name] ?? null)]),
  );
}

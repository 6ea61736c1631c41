/** The order of the table of runs. */
import type { RunRow } from "./rows.ts";

/** A column, and the direction. */
export interface Sort {
  readonly key: string;
  readonly isDown: boolean;
}

/** The newest first. */
const DEFAULT: Sort = { key: "id", isDown: true };

/** Reads the setting `sort` of the address: `id`, `-last`, `config.lr`. */
export function readSort(text: string | null): Sort {
  if (text === null || text === "") return DEFAULT;
  return { key: text.replace(/^-/, ""), isDown: text.startsWith("-") };
}

/** Returns the setting for a click on a column: the other direction if it is sorted already. */
export function nextSort({ key, isDown }: Sort, clicked: string): string {
  return key === clicked && !isDown ? `-${clicked}` : clicked;
}

/** Returns the rows in order. Missing values come last in both directions, of equal ones the newest first. */
export function sortRows(
  rows: readonly RunRow[],
  { key, isDown }: Sort,
): RunRow[] {
  const keyed = rows.map((row) => ({ row, value: valueOf(row, key) }));
  const sign = isDown ? -1 : 1;
  keyed.sort((a, b) => {
    const missing = Number(isMissing(a.value)) - Number(isMissing(b.value));
    if (missing !== 0) return missing;
    return sign * compare(a.value, b.value) || b.row.id - a.row.id;
  });
  return keyed.map(({ row }) => row);
}

type Value = string | number | boolean | null | undefined;

function valueOf(row: RunRow, key: string): Value {
  if (key.startsWith("config.")) {
    return row.config.get(key.slice("config.".length));
  }
  switch (key) {
    case "id":
    case "name":
    case "status":
    case "started":
    case "duration":
      return row[key];
    case "curve":
      return valueOf(row, "last");
    case "last":
    case "min":
    case "max":
      return typeof row[key] === "string" ? Number(row[key]) : row[key];
    case "tags":
      return row.tags.join(", ") || null;
    default:
      return undefined;
  }
}

function isMissing(value: Value): boolean {
  return value === undefined || value === null || Number.isNaN(value);
}

/** A collator is many times faster than `localeCompare`. */
const TEXTS = new Intl.Collator(undefined, { numeric: true });

function compare(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") {
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return TEXTS.compare(String(a ?? ""), String(b ?? ""));
}

import { isRecord } from "../../internal/objects.ts";
import { itemOf, type Message, storable, timeOr } from "./_decode.ts";
import type { ForeignPoint } from "../../tracker/mod.ts";

/** The deepest mapping of a row whose numbers become metrics. */
const DEEPEST = 20;

/** What else than numbers was in the history. */
export interface LeftOut {
  /** Values that are no numbers: images, tables, texts. */
  values: number;
  /** Rows without a step. */
  rows: number;
}

/** How the columns of a log are named. */
export interface Columns {
  /** The column with the step, if it is not W&B's own. */
  readonly step?: string;
  /** The metrics whose column has another name, by that name. */
  readonly names: ReadonlyMap<string, string>;
  /** When the run started, in milliseconds since 1970. */
  readonly start: number;
}

/** A value of a row, with the name of its metric. */
type Value = readonly [metric: string, value: number];

/**
 * Reads the points of a row of the history.
 *
 * @param row The `HistoryRecord`.
 * @param columns The names of the columns.
 * @param leftOut Counts what is no point.
 */
export function pointsOf(
  row: Message,
  columns: Columns,
  leftOut: LeftOut,
): [metric: string, point: ForeignPoint][] {
  const values: Value[] = [];
  const own = new Map<string, number>();
  for (const item of row.messages(1)) {
    const read = itemOf(item);
    if (read === undefined) {
      leftOut.values++;
      continue;
    }
    const [path, value] = read;
    const name = path.join(".");
    if (name === columns.step || /^_(step|runtime|timestamp)$/.test(name)) {
      own.set(name, Number(value));
    } else if (path[0] !== "_wandb") {
      numbersOf(columns.names.get(name) ?? name, value, { values, leftOut });
    }
  }
  const step = own.get(columns.step ?? "_step") ?? own.get("_step") ??
    row.message(2).integer(1);
  if (!Number.isSafeInteger(step)) {
    leftOut.rows++;
    return [];
  }
  const time = timeOf(own, columns.start);
  return values.map(([metric, value]) => [metric, { step, value, time }]);
}

function timeOf(own: ReadonlyMap<string, number>, start: number): number {
  const stamp = (own.get("_timestamp") ?? NaN) * 1000;
  const byRuntime = start + (own.get("_runtime") ?? 0) * 1000;
  return timeOr(Number.isFinite(stamp) ? stamp : byRuntime, start);
}

/** A mapping is one metric for each of its numbers, as W&B shows it. */
function numbersOf(
  name: string,
  value: unknown,
  found: { readonly values: Value[]; readonly leftOut: LeftOut },
  depth = 0,
): void {
  const number = numberOf(value);
  if (number !== undefined) found.values.push([name, number]);
  else if (
    isRecord(value) && !Object.hasOwn(value, "_type") && depth < DEEPEST
  ) {
    for (const [key, member] of Object.entries(value)) {
      numbersOf(storable(`${name}.${key}`), member, found, depth + 1);
    }
  } else if (value !== null) found.leftOut.values++;
}

/** Reads a number; `undefined` if it is none. Some versions write NaN and the infinities as strings. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return Number(value);
  return typeof value === "string" && /^(NaN|-?Infinity)$/.test(value)
    ? Number(value)
    : undefined;
}

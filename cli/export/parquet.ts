import type { BasicType } from "hyparquet-writer";
import { type OutputOptions, writeOutput } from "../output/output_file.ts";
import { leafText } from "../../internal/json_text.ts";
import { PARQUET_MAKER } from "./ours.ts";
import type { Row, Table } from "./rows.ts";

/** The types of columns that are always there. */
const TYPES: Readonly<Record<string, BasicType>> = {
  run: "INT32",
  step: "INT64",
  value: "DOUBLE",
  time: "TIMESTAMP",
  started: "TIMESTAMP",
  ended: "TIMESTAMP",
  duration: "DOUBLE",
};

/** Beyond it, the numbers of runs take eight bytes. */
const LARGEST_INT32 = 2 ** 31 - 1;

/**
 * Writes a table as a Parquet file, a group of rows at a time. It has its name only when it is
 * whole. Config keys whose values are all numbers, or all booleans, keep their type; others are text.
 *
 * @param table The table.
 * @param path The file.
 * @param options What may be written over.
 */
export async function writeParquet(
  table: Table,
  path: string,
  options: OutputOptions,
): Promise<void> {
  const { fileWriter, parquetWriteRows } = await import("hyparquet-writer");
  const types = await typesOf(table);
  await writeOutput(path, options, async (unfinished) => {
    await parquetWriteRows({
      writer: fileWriter(unfinished),
      columns: [...types].map(([name, type]) => ({ name, type })),
      rows: encoded(table, types),
      rowGroupSize: 100_000,
      createdBy: PARQUET_MAKER,
    });
  });
}

/** Columns of config keys and metrics are known by their values only. */
async function typesOf(table: Table): Promise<Map<string, BasicType>> {
  const types = new Map<string, BasicType>();
  const open = table.columns.filter((name) => /^(config|metric)\./.test(name));
  for (const name of table.columns) types.set(name, TYPES[name] ?? "STRING");
  if ((table.lastRun ?? 0) > LARGEST_INT32) types.set("run", "INT64");
  if (open.length === 0) return types;
  const kinds = new Map<string, Set<string>>();
  for await (const row of table.rows()) {
    for (const name of open) {
      const value = row[name];
      if (value === undefined || value === null) continue;
      kinds.set(name, (kinds.get(name) ?? new Set()).add(typeof value));
    }
  }
  for (const [name, found] of kinds) {
    const [only, ...others] = found;
    if (others.length > 0) continue;
    if (only === "number") types.set(name, "DOUBLE");
    if (only === "boolean") types.set(name, "BOOLEAN");
  }
  return types;
}

async function* encoded(
  table: Table,
  types: ReadonlyMap<string, BasicType>,
): AsyncIterable<Record<string, unknown>> {
  for await (const row of table.rows()) yield encode(row, types);
}

function encode(
  row: Row,
  types: ReadonlyMap<string, BasicType>,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, type] of types) {
    const value = row[name];
    // A plain assignment of `__proto__` would be lost.
    Object.defineProperty(out, name, {
      value: value === undefined || value === null || isNoTime(value)
        ? null
        : type === "STRING"
        ? leafText(value)
        : type === "INT64"
        ? BigInt(value as number)
        : value,
      enumerable: true,
    });
  }
  return out;
}

/** A time that the calendar has not. */
function isNoTime(value: unknown): boolean {
  return value instanceof Date && Number.isNaN(value.getTime());
}

import type { BasicType } from "hyparquet-writer";
import { type OutputOptions, writeOutput } from "../output/output_file.ts";
import { leafText } from "../../internal/json_text.ts";
import { PARQUET_MAKER } from "./ours.ts";
import type { Row, Table } from "./rows.ts";

/** The types of the columns that every table has. */
const TYPES: Readonly<Record<string, BasicType>> = {
  run: "INT32",
  step: "INT64",
  value: "DOUBLE",
  time: "TIMESTAMP",
  started: "TIMESTAMP",
  ended: "TIMESTAMP",
  duration: "DOUBLE",
};

/** The largest run id of four bytes. */
const LARGEST_INT32 = 2 ** 31 - 1;

/**
 * Writes a table as a Parquet file, one group of rows at a time. The file gets its name when it is complete.
 * Config keys whose values are all numbers or all booleans keep their type; others are strings.
 *
 * @param table The table.
 * @param path The file.
 * @param options What may be overwritten.
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

/** The types of the columns of config keys and metrics follow from their values. */
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
    // An assignment to `__proto__` would be lost.
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

/** A time that no calendar has. */
function isNoTime(value: unknown): boolean {
  return value instanceof Date && Number.isNaN(value.getTime());
}

import { leafText } from "../../internal/json_text.ts";
import type { Table } from "./rows.ts";

/**
 * Writes a table as CSV (RFC 4180, but with plain line feeds). A string that a spreadsheet would take
 * for a formula gets an apostrophe before it; numbers stay numbers.
 *
 * @param table The table.
 * @param write Takes each line, without its line break.
 */
export async function writeCsv(
  table: Table,
  write: (line: string) => void,
): Promise<void> {
  write(table.columns.map(cell).join(","));
  for await (const row of table.rows()) {
    write(table.columns.map((name) => cell(row[name])).join(","));
  }
}

/** The first characters of a formula in spreadsheets, including their wide forms. */
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = leafText(value);
  const plain = typeof value === "number" || typeof value === "bigint" ||
      NUMBER.test(text) || !FORMULA.test(text)
    ? text
    : `'${text}`;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

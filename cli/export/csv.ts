import { leafText } from "../json_text.ts";
import type { Table } from "./rows.ts";

/**
 * Writes a table as CSV (RFC 4180, but with plain line feeds).
 *
 * @param table The table.
 * @param write Takes each line, without its end.
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

function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = leafText(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

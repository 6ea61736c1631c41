import { csvCell } from "../../internal/csv_cell.ts";
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
  write(table.columns.map(csvCell).join(","));
  for await (const row of table.rows()) {
    write(table.columns.map((name) => csvCell(row[name])).join(","));
  }
}

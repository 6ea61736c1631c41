/// <reference lib="dom" />
/** Saves what a view shows as a file of the person. */
import { csvCell } from "../../../internal/csv_cell.ts";

/** Milliseconds that the browser gets to read the bytes. */
const KEPT = 60_000;

/** Saves bytes under a name. */
export function save(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT);
}

/** Saves text. */
export function saveText(name: string, text: string, type: string): void {
  save(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

/** Saves a table; a cell that a spreadsheet would take for a formula gets an apostrophe before it. */
export function saveCsv(
  name: string,
  rows: readonly (readonly unknown[])[],
): void {
  const lines = rows.map((row) => `${row.map(csvCell).join(",")}\n`);
  saveText(`${fileName(name)}.csv`, lines.join(""), "text/csv");
}

/** Makes a name that every system takes: `val/loss` becomes `val_loss`. */
export function fileName(text: string): string {
  const name = text.replace(/[^\p{L}\p{N}.=-]+/gu, "_").replace(
    /^[_.]+|_+$/g,
    "",
  );
  return name.slice(0, 80) || "ato";
}

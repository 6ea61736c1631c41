/** Cells of CSV that are safe to open in a spreadsheet. */
import { leafText } from "./json_text.ts";

/** The first characters of a formula in spreadsheets, including their wide forms. */
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Writes a cell (RFC 4180). A string that a spreadsheet would take for a formula gets an apostrophe before it; numbers
 * stay numbers.
 *
 * @param value The value; `undefined` and `null` are empty cells.
 * @returns the text, quoted if it must be.
 */
export function csvCell(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = leafText(value);
  const plain = typeof value === "number" || typeof value === "bigint" ||
      NUMBER.test(text) || !FORMULA.test(text)
    ? text
    : `'${text}`;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

import { fit, pad, widthOf } from "../../internal/text_width.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Terminal } from "../terminal.ts";

/**
 * Writes a table. The last column is shortened if the terminal is narrow.
 *
 * Not a method of the terminal: the widths of characters come from a package, which `ato --version` would
 * load for nothing.
 *
 * @param terminal The terminal to write to.
 * @param head The titles of the columns, not escaped.
 * @param rows The cells, not escaped.
 * @param right The indices of the columns that are aligned right, such as numbers. @default {[]}
 */
export function writeTable(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): void {
  const names = head.map(visible);
  const shown = rows.map((row) => row.map(visible));
  const widths = widthsOf(names, shown, terminal.width);
  const last = widths.length - 1;
  const lineOf = (row: readonly string[]) =>
    row.map((text, i) => {
      const width = widths[i] ?? 0;
      const fitted = fit(text, width);
      if (right.includes(i)) return pad(fitted, width, "right");
      return i === last ? fitted : pad(fitted, width);
    }).join("  ").trimEnd();
  terminal.line(terminal.style("bold", lineOf(names)));
  for (const row of shown) terminal.line(lineOf(row));
}

/** The widths of the columns; the last one gets what the others leave, at least 4. */
function widthsOf(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  room: number,
): number[] {
  // Not by spreading: the list can be longer than the limit of arguments of a call.
  const widths = names.map((text, i) =>
    rows.reduce(
      (most, row) => Math.max(most, widthOf(row[i] ?? "")),
      widthOf(text),
    )
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const last = widths.length - 1;
  widths[last] = Math.max(4, Math.min(widths[last] ?? 0, room - before));
  return widths;
}

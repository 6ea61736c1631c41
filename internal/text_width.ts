/**
 * The width of text on a terminal, and text that fits a width.
 *
 * @module
 */
import { unicodeWidth } from "@std/cli/unicode-width";

/** Printable ASCII: each character takes one column. */
const PLAIN = /^[ -~]*$/;
/** Latin letters, dashes, quotes and the ellipsis: characters that never join with others. */
const SINGLE = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027]*$/;

let segmenter: Intl.Segmenter | undefined;

/** Splits a text into what a reader sees as characters. Its tables take longer to load than most texts to print. */
function segmentsOf(text: string): Iterable<{ readonly segment: string }> {
  return (segmenter ??= new Intl.Segmenter()).segment(text);
}

/**
 * Counts the columns that a text takes.
 *
 * @param text Visible text.
 * @returns the number of columns.
 */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  if (SINGLE.test(text)) return unicodeWidth(text);
  let width = 0;
  for (const { segment } of segmentsOf(text)) {
    // An emoji of several code points is drawn as one.
    width += Math.min(2, unicodeWidth(segment));
  }
  return width;
}

/**
 * Shortens a text to a width, with an ellipsis at the end if something was cut.
 *
 * @param text Visible text.
 * @param width Columns, at least 1.
 * @returns the text, or its start.
 */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (PLAIN.test(text)) return text.slice(0, width - 1) + "…";
  let out = "";
  let used = 0;
  for (const { segment } of segmentsOf(text)) {
    const wide = widthOf(segment);
    if (used + wide > width - 1) break;
    out += segment;
    used += wide;
  }
  return out + "…";
}

/**
 * Breaks a text into lines between its words.
 *
 * @param text Visible text.
 * @param width Columns; a longer word gets a line of its own.
 * @returns at least one line.
 */
export function wrap(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer) > width) {
      lines.push(line.trimEnd());
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/**
 * Pads a text to a width.
 *
 * @param text Visible text.
 * @param width Columns.
 * @param side The side of the text. @default {"left"}
 * @returns the padded text.
 */
export function pad(
  text: string,
  width: number,
  side: "left" | "right" = "left",
): string {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return side === "left" ? text + space : space + text;
}

/**
 * The width of text on a terminal, and text that fits a width.
 *
 * @module
 */
import { unicodeWidth } from "@std/cli/unicode-width";

const segmenter = new Intl.Segmenter();

/**
 * Counts the columns that a text takes.
 *
 * @param text Visible text.
 * @returns the number of columns.
 */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
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
  let out = "";
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
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

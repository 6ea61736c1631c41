/** Text that is safe and fits: what runs hold may be hostile, and terminals are narrow. */

import { visible } from "./visible_text.ts";

export { visible };

const segmenter = new Intl.Segmenter();
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/**
 * The columns that a text takes.
 *
 * @param text Visible text.
 * @returns columns.
 */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/**
 * Shortens a text to a width, with an ellipsis where something was cut.
 *
 * @param text Visible text.
 * @param width Columns, at least 1.
 * @returns the text, or its beginning.
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
 * The first digits of a hash, behind its prefix: `a91c03f27b1e`.
 *
 * @param hash The hash.
 * @param digits How many.
 * @returns visible text.
 */
export function brief(hash: string, digits: number): string {
  return visible(hash.slice(hash.lastIndexOf(":") + 1).slice(0, digits));
}

/**
 * Breaks a text into lines between its words.
 *
 * @param text Visible text.
 * @param width Columns; a longer word has a line of its own.
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
 * @param side Where the text stands. @default "left"
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

/**
 * Writes a number shortly.
 *
 * @param value The number.
 * @returns at most 6 significant digits.
 */
export function short(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15
    ? String(value)
    : String(Number(value.toPrecision(6)));
}

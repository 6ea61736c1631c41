/**
 * Text that is safe to show: what files hold may be hostile.
 *
 * @module
 */

/** What must not reach a terminal: control characters, and marks that turn or hide text. */
const CONTROL =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * Makes a text harmless to a terminal: control characters and the like are shown as escapes.
 *
 * @param text Any text.
 * @returns one line of visible characters; a text that is visible already stays as it is.
 */
export function visible(text: string): string {
  return text.replace(CONTROL, (char) => {
    if (char === "\n") return "\\n";
    if (char === "\t") return "\\t";
    return jsonEscape(char);
  });
}

/**
 * Escapes what {@linkcode visible} does in a JSON text, so that it stays the same JSON.
 *
 * @param json JSON as `JSON.stringify` writes it, with or without line breaks.
 * @returns JSON of the same value, without control characters but line feeds.
 */
export function visibleJson(json: string): string {
  return json.replace(
    CONTROL,
    (char) => char === "\n" ? char : jsonEscape(char),
  );
}

/** As JSON spells it: two escapes for a character beyond the basic plane. */
function jsonEscape(char: string): string {
  return Array.from(
    { length: char.length },
    (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}

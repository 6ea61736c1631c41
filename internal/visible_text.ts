/**
 * Text that is safe to display: the content of files is untrusted.
 *
 * @module
 */

/** What must not reach a terminal: control characters, and marks that reorder or hide text. */
const CONTROL =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * Makes a string safe for a terminal: control characters and marks that hide text become escapes.
 *
 * @param text Any string.
 * @returns one line of visible characters; a string without such characters is returned unchanged.
 */
export function visible(text: string): string {
  return text.replace(CONTROL, (char) => {
    if (char === "\n") return "\\n";
    if (char === "\t") return "\\t";
    return jsonEscape(char);
  });
}

/** A colour or another style of text (SGR of ECMA-48). */
const STYLE = new RegExp(`(${String.fromCharCode(27)}\\[[0-9;:]*m)`);

/**
 * Makes what a program printed safe for a terminal. Line breaks, tabs, returns and, if wanted, colours stay;
 * whatever else moves the cursor or talks to the terminal becomes visible.
 *
 * @param text What was printed.
 * @param options Whether colours stay.
 */
export function visibleOutput(
  text: string,
  options: { readonly color: boolean },
): string {
  return text.split(STYLE).map((part, i) => {
    if (i % 2 === 1) return options.color ? part : "";
    return part.split(/([\n\t\r])/)
      .map((one, j) => j % 2 === 1 ? one : visible(one)).join("");
  }).join("");
}

/**
 * Escapes in JSON what {@linkcode visible} escapes; the value stays the same.
 *
 * @param json JSON as `JSON.stringify` writes it, with or without line breaks.
 * @returns JSON of the same value; line feeds are its only control characters.
 */
export function visibleJson(json: string): string {
  return json.replace(
    CONTROL,
    (char) => char === "\n" ? char : jsonEscape(char),
  );
}

/** Escapes as in JSON: a character outside the basic plane becomes two escapes. */
function jsonEscape(char: string): string {
  return Array.from(
    { length: char.length },
    (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}

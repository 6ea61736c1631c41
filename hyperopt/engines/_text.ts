/** Marks a text that is stored as JSON. */
const AS_JSON = "\u0001";

/**
 * Returns a text that every engine can store: UTF-8 has no lone surrogates, and Postgres has no NUL. Almost every text
 * is stored as it is.
 *
 * @param text Any text.
 */
export function toStored(text: string): string {
  const isPlain = text.isWellFormed() && !text.includes("\0") &&
    !text.startsWith(AS_JSON);
  // JSON writes lone surrogates and NUL as escapes.
  return isPlain ? text : AS_JSON + JSON.stringify(text);
}

/**
 * Returns the text that {@linkcode toStored} was given.
 *
 * @param stored What is stored.
 */
export function fromStored(stored: string): string {
  return stored.startsWith(AS_JSON)
    ? JSON.parse(stored.slice(AS_JSON.length))
    : stored;
}

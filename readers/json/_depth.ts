/**
 * Where a JSON text nests too deeply. `JSON.parse` reads any depth, but nothing that walks over what
 * it gives does.
 *
 * @param text The text; it need not be JSON.
 * @param most How many levels there may be.
 * @returns the offset of the bracket that opens one level too many; `undefined` if none does.
 */
export function findJsonDepth(text: string, most: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at);
        break;
      case "[":
      case "{":
        if (++depth > most) return at;
        break;
      case "]":
      case "}":
        depth--;
    }
  }
  return undefined;
}

/** The offset of the quote that ends a string. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

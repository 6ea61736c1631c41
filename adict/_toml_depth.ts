const TOKEN =
  /"""(?:\\[^]|[^\\])*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*|'[^'\n]*|#[^\n]*|[[\]{}]/g;

/**
 * Where a TOML text nests too deeply: its parser is recursive, so what is too deep must not get to
 * it.
 *
 * @param text The text; it need not be TOML.
 * @param most How many levels there may be.
 * @returns the offset of the bracket that opens one level too many; `undefined` if none does.
 */
export function findTomlDepth(text: string, most: number): number | undefined {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === "[" || token === "{") {
      if (++depth > most) return index;
    } else if (token === "]" || token === "}") depth--;
  }
  return undefined;
}

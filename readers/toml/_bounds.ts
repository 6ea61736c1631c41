import { MAX_DEPTH, TOO_DEEP } from "../../internal/limits.ts";

/** The longest string that the parser can read: it passes the characters as arguments of one call. */
const MAX_TEXT = 65_536;

const TOKEN =
  /"""(?:\\[^]|[^\\])*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*|'[^'\n]*|#[^\n]*|[[\]{}]/g;

/** A place in a file that exceeds a limit. */
export interface Excess {
  /** The offset. */
  readonly offset: number;
  /** The reason. */
  readonly reason: string;
}

/**
 * Where a TOML text goes further than its parser can: that one is recursive, so what is too deep
 * must not get to it.
 *
 * @param text The text; it need not be TOML.
 * @returns the first such place; `undefined` if there is none.
 */
export function findExcess(text: string): Excess | undefined {
  let depth = 0;
  for (const { 0: token, index: offset } of text.matchAll(TOKEN)) {
    if (token === "[" || token === "{") {
      if (++depth > MAX_DEPTH) return { offset, reason: TOO_DEEP };
    } else if (token === "]" || token === "}") depth--;
    else if (token.length > MAX_TEXT && !token.startsWith("#")) {
      const most = MAX_TEXT.toLocaleString("en");
      const reason =
        `the string is longer than ${most} characters; keep it in a file of its own, or the config in YAML or JSON`;
      return { offset, reason };
    }
  }
  return undefined;
}

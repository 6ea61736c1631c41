/** Hides the secrets of a command in what its program prints. */
import { Buffer } from "node:buffer";
import { HIDDEN, SHORTEST } from "../../internal/hidden_secrets.ts";

/** Hides secrets in the bytes of a stream. */
export interface StreamHider {
  /** Takes the next bytes; returns those that are certain to hold no part of a secret, with `***` for each secret. */
  take(bytes: Uint8Array): Uint8Array;
  /** Returns what was held back. */
  end(): Uint8Array;
}

/**
 * Makes what hides secrets in a stream. A secret can be in two pieces of it, so an end that may be the start of one
 * is held back.
 *
 * @param secrets The secrets; shorter ones than 8 characters are parts of too many words.
 */
export function streamHider(secrets: readonly string[]): StreamHider {
  // As single bytes, so that any bytes stay what they are.
  const all = secrets.filter(({ length }) => length >= SHORTEST)
    .map((secret) => Buffer.from(secret).toString("latin1"));
  if (all.length === 0) {
    return { take: (bytes) => bytes, end: () => new Uint8Array() };
  }
  let held = "";
  const hide = (text: string): string =>
    all.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
  return {
    take(bytes) {
      const text = hide(held + Buffer.from(bytes).toString("latin1"));
      const length = Math.max(...all.map((one) => startAtEnd(text, one)));
      held = text.slice(text.length - length);
      return Buffer.from(text.slice(0, text.length - length), "latin1");
    },
    end: () => Buffer.from(hide(held), "latin1"),
  };
}

/** The length of the longest end of a text that a word starts with. */
function startAtEnd(text: string, word: string): number {
  for (let n = Math.min(word.length - 1, text.length); n > 0; n--) {
    if (text.endsWith(word.slice(0, n))) return n;
  }
  return 0;
}

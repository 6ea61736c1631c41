/** The canonical tree: what is left of code when everything is removed that cannot matter. */

/**
 * An atom, or a tag with what belongs to it. Atoms that are names are told apart by their first
 * character: `$0` renamed, `@x` free, `%0` a numbered declaration, `=x` kept as it is, `#0` and `#@x`
 * private, `"x"` a string.
 */
export type Term = string | readonly Term[];

/** What stands where nothing is. */
export const NOTHING = "_";

/** Writes a string as well-formed JSON. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** Whether a term is a string constant. */
export function isText(term: Term | undefined): term is `"${string}` {
  return typeof term === "string" && term.startsWith('"');
}

/** The string of a string constant. */
export function unquote(term: string): string {
  return JSON.parse(term);
}

/** Writes a term in prefix notation: no two different terms give the same text. */
export function writeTerm(term: Term): string {
  if (typeof term === "string") return term;
  let text = "(";
  for (let i = 0; i < term.length; i++) {
    text += (i === 0 ? "" : " ") + writeTerm(term[i]!);
  }
  return text + ")";
}

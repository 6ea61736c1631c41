/** What a person types to choose runs. */
import type { RunRow } from "./rows.ts";

/** The words of a filter. */
export interface Filter {
  /** Conditions of `ato runs`, such as `lr<0.01`: the server answers them. */
  readonly conditions: readonly string[];
  /** Tells whether a row meets the other words. */
  matches(row: RunRow): boolean;
}

/** A word, which can have blanks in quotes. */
const WORD = /(?:"[^"]*"?|'[^']*'?|[^\s"'])+/g;

/**
 * Reads a filter: conditions of `ato runs`, `tag:best`, `status:failed`, and words that must be in the name, the
 * status or a tag.
 */
export function readFilter(text: string): Filter {
  const words = (text.match(WORD) ?? []).map((word) =>
    word.replaceAll(/["']/g, "")
  ).filter(Boolean);
  const conditions = words.filter((word) => /[<>=!]/.test(word));
  const tests = words.filter((word) => !/[<>=!]/.test(word)).map(testOf);
  return { conditions, matches: (row) => tests.every((test) => test(row)) };
}

function testOf(word: string): (row: RunRow) => boolean {
  const [, kind, value = ""] = /^(tag|status):(.*)$/.exec(word) ?? [];
  if (kind === "tag") return ({ tags }) => tags.includes(value);
  if (kind === "status") return ({ status }) => status === value;
  const wanted = word.toLowerCase();
  return ({ id, name, status, tags }) =>
    String(id) === wanted ||
    [name ?? "", status, ...tags].some((text) =>
      text.toLowerCase().includes(wanted)
    );
}

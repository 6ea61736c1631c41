/** What an entry is: a file, or something that has none. */
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** The file of an entry, or why there is none. */
export type Entry = { readonly url: string } | { readonly reason: string };

const NO_FILE: readonly (readonly [RegExp, string])[] = [
  [/\$deno\$repl\b|^(?:repl|REPL\d*)$|^\[repl\]$/, "the program is a REPL"],
  [
    /\$deno\$eval\b|^\[eval\d*\]$|\[eval1\]$/,
    "the program was given on the command line, not as a file",
  ],
  [
    /\$deno\$stdin\b|^\[stdin\]$|^-$/,
    "the program was read from standard input",
  ],
  [/\$deno\$/, "the program is not a file"],
  [/^https?:/, "the program was loaded from the network"],
  [/^(?:jsr|npm):/, "the program is a package"],
  [/^(?:data|blob):/, "the program has no file"],
  [/^$/, "the program has no file"],
];

/**
 * Reads an entry.
 *
 * @param entry A path or a URL.
 */
export function readEntry(entry: string): Entry {
  for (const [pattern, reason] of NO_FILE) {
    if (pattern.test(entry)) return { reason };
  }
  if (entry.startsWith("file:")) return { url: withoutQuery(entry) };
  if (/^[a-z][a-z+.-]+:/i.test(entry) && !isAbsolute(entry)) {
    return { reason: `the program is at ${entry}, which is not a file` };
  }
  return { url: pathToFileURL(resolve(entry)).href };
}

/** The address of a file without what only the program reads. */
export function withoutQuery(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

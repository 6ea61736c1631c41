/** Finding the file that a name without its real extension stands for, as Node, Bun and bundlers do. */
import type { Sources } from "./_source_file.ts";

const EXTENSIONS = ".ts .tsx .mts .cts .js .mjs .cjs .jsx .json".split(" ");

/** What a compiler writes, and what it reads. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
  ".jsx": [".tsx"],
};

/**
 * Finds a file.
 *
 * @param url The URL that a name gave.
 * @param sources Reads files.
 * @returns the URL of the file that is there; the same URL if there is none.
 */
export function existingFile(url: string, sources: Sources): string {
  if (sources.has(url)) return url;
  const [, stem = url, extension = ""] = /^(.*?)(\.\w+)?$/s.exec(url) ?? [];
  const folder = url.replace(/\/?$/, "/");
  const candidates = [
    ...(SOURCES[extension] ?? []).map((one) => stem + one),
    ...url.endsWith("/") ? [] : EXTENSIONS.map((one) => url + one),
    ...EXTENSIONS.map((one) => `${folder}index${one}`),
  ];
  return candidates.find((one) => sources.has(one)) ?? url;
}

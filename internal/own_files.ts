/**
 * The files of Ato itself: a program that imports Ato by their paths uses it like a package.
 *
 * @module
 */

/** The folder of the package; `undefined` if a bundler has put everything into one file. */
const ROOT = URL.canParse("../", import.meta.url)
  ? new URL("../", import.meta.url).href
  : undefined;

/** What the package consists of; its examples and tests are programs like others. */
const OWN: ReadonlySet<string> = new Set([
  "adict",
  "cli",
  "cli.ts",
  "dashboard",
  "fingerprint",
  "hyperopt",
  "inputs",
  "internal",
  "mod.ts",
  "npm",
  "observe",
  "plot",
  "readers",
  "scope",
  "sync",
  "tracker",
  "why",
]);

/**
 * Returns the path of a file of Ato from the folder of the package.
 *
 * @param url The URL of the file.
 * @returns `undefined` for any other file.
 */
export function pathInAto(url: string): string | undefined {
  if (ROOT === undefined || !url.startsWith(ROOT)) return undefined;
  const path = url.slice(ROOT.length);
  return OWN.has(path.split("/")[0] ?? "") ? path : undefined;
}

/** The files of Ato itself: a program that imports Ato by their paths uses it like a package. */
import { VERSION } from "../../internal/version.ts";
import type { ResolvedPackage } from "../deep/_project.ts";

/** The folder of the package; `undefined` if a bundler has put everything into one file. */
const ROOT = URL.canParse("../../", import.meta.url)
  ? new URL("../../", import.meta.url).href
  : undefined;

/** What the package consists of; its examples and tests are programs like others. */
const OWN: ReadonlySet<string> = new Set([
  "adict",
  "cli",
  "cli.ts",
  "fingerprint",
  "hyperopt",
  "internal",
  "mod.ts",
  "npm",
  "plot",
  "readers",
  "scope",
  "tracker",
  "why",
]);

/**
 * Tells whether a file belongs to Ato itself.
 *
 * @param url The URL of the file.
 * @returns the package that stands for it; `undefined` for any other file.
 */
export function ownPackage(url: string): ResolvedPackage | undefined {
  if (ROOT === undefined || !url.startsWith(ROOT)) return undefined;
  const path = url.slice(ROOT.length);
  return OWN.has(path.split("/")[0] ?? "")
    ? { kind: "package", name: "@ato/ato", version: VERSION, path: `/${path}` }
    : undefined;
}

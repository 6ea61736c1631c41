/** The files of Ato itself: a program that imports Ato by their paths uses it like a package. */
import { pathInAto } from "../../internal/own_files.ts";
import { VERSION } from "../../internal/version.ts";
import type { ResolvedPackage } from "../deep/_project.ts";

/**
 * Tells whether a file belongs to Ato itself.
 *
 * @param url The URL of the file.
 * @returns the package that stands for it; `undefined` for any other file.
 */
export function ownPackage(url: string): ResolvedPackage | undefined {
  const path = pathInAto(url);
  return path === undefined
    ? undefined
    : { kind: "package", name: "@ato/ato", version: VERSION, path: `/${path}` };
}

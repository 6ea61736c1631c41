import { lstatSync } from "node:fs";
import { dirname, relative } from "node:path";
import * as runtime from "../../internal/make_folder.ts";
import { UsageError } from "../command.ts";
import { visible } from "../../internal/visible_text.ts";
import { placeProblem } from "./output_file.ts";

/**
 * Creates a folder for exports that only its owner can read, if it is missing.
 *
 * @param path The folder.
 * @param within The folder of the export: from there on, a link is not followed.
 * @throws {UsageError} If it cannot be created, or a link leads out of the export.
 */
export function makeFolder(path: string, within: string = path): void {
  try {
    runtime.makeFolder(path, { mode: 0o700 });
  } catch (error) {
    throw placeProblem(error, path);
  }
  for (let at = path; relative(within, at) !== ""; at = dirname(at)) {
    if (!lstatSync(at).isSymbolicLink()) continue;
    throw new UsageError(
      `Cannot write into ${visible(at)}: it is a link; remove it first`,
    );
  }
}

/** The program of a run, as it was. */
import { createHash } from "node:crypto";
import { visible } from "../../internal/visible_text.ts";
import type { Run, SQLFinder } from "../../tracker/mod.ts";
import { UsageError } from "../command.ts";
import { rootAbove } from "./root_of_run.ts";

/** The program of a run. */
export interface RecordedProgram {
  /** The project's root, an absolute path. */
  readonly root: string;
  /** The text of each file that was stored, by its path from the root. */
  readonly files: ReadonlyMap<string, string>;
  /** What is not as it was, one phrase each. */
  readonly missing: readonly string[];
}

/**
 * Reads the program of a run.
 *
 * @param finder The file.
 * @param run The run.
 * @returns the program; `undefined` if the run recorded none.
 * @throws {UsageError} If a stored file is not what the run recorded, or the place of the program is not known.
 */
export async function recordedProgram(
  finder: SQLFinder,
  run: Run,
): Promise<RecordedProgram | undefined> {
  const program = await finder.programOf(run);
  if (program === undefined || program.modules.length === 0) return undefined;
  const files = new Map<string, string>();
  const missing = [...program.coverage.missing];
  for (const { path, sha256 } of [...program.modules, ...program.files]) {
    const text = await finder.textOf(sha256);
    if (text === undefined) missing.push(`${path}: its text was not stored`);
    else {
      requireHash(run, { path, sha256, text });
      files.set(path, text);
    }
  }
  return { root: rootOf(run, program.entry), files, missing };
}

/** A file can contain anything: what is run is what its hash says. */
function requireHash(
  run: Run,
  { path, sha256, text }: Readonly<Record<"path" | "sha256" | "text", string>>,
): void {
  if (createHash("sha256").update(text).digest("hex") === sha256) return;
  throw new UsageError(
    `Cannot repeat run ${run.id}: the stored text of ${
      visible(path)
    } is damaged; repeat it with today's code by --here`,
  );
}

function rootOf(run: Run, entry: string): string {
  const root = rootAbove(run, entry);
  if (root !== undefined) return root;
  throw new UsageError(
    `Cannot repeat run ${run.id} as it was: its command does not name ${
      visible(entry)
    }, so its folder is not known; repeat it with today's code by --here`,
  );
}

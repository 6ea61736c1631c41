import { realpathSync } from "node:fs";
import type {
  MergeOptions,
  MergeResult,
  TrackerConfig,
} from "../../tracker/mod.ts";
import { mergeWith } from "../../tracker/travel/mod.ts";
import { mergeSearches, type SearchesMerged } from "./_merge_searches.ts";

/** The result of {@linkcode mergeFiles}. The ids and names are those in the file that was written. */
export interface FilesMerged extends MergeResult {
  /** What happened to the searches. */
  readonly searches: SearchesMerged;
}

/**
 * Copies the runs of another file into this one, as {@linkcode mergeRuns} of `@ato/ato/tracker` does, and the journals of
 * its searches, in one transaction. The other file is not changed.
 *
 * A search is the one that its first session began, whatever its name, so a second merge adds nothing, and a search that
 * went on in the other file gets its further events. One that went on in both files stays as it is, with a warning. A
 * journal that no search writes is left out with a warning. A search goes on where it was: in the file that was written
 * only when the other file, and the file of its newest session, are gone from this machine.
 *
 * @param config The config or path that names the file to write.
 * @param otherPath The path of the other file.
 * @param options How the file is opened, and what happens to runs with fewer points.
 * @returns what happened to the runs and the searches.
 * @throws {TrackerUsageError} If the other file does not exist, is this file, or has no runs.
 * @throws {NewerSchemaError} If a newer Ato wrote the other file.
 *
 * @example
 * ```ts
 * import { mergeFiles } from "@ato/ato/sync";
 * import { SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const [here, there] = [join(folder, "here.db"), join(folder, "there.db")] as const;
 * const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath: there } } });
 * await logger.run();
 * await logger.finish();
 * const { added, searches } = await mergeFiles(here, there);
 * assertEquals([added, searches.added], [[1], []]);
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function mergeFiles(
  config: TrackerConfig | string,
  otherPath: string,
  options: MergeOptions = {},
): Promise<FilesMerged> {
  const { onWarning: warn = (line) => console.error(`ato: ${line}`) } = options;
  const { runs, more } = await mergeWith(
    config,
    otherPath,
    options,
    (files) => mergeSearches(files, realpathSync(otherPath)),
  );
  more.notices.forEach(warn);
  return { ...runs, searches: more.result };
}

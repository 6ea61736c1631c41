/**
 * Edits the tags and notes of a run.
 *
 * @module
 */
import { checkInteger, checkText, checkTexts, ifGiven } from "./_check.ts";
import { checkOpenOptions } from "./_logger_checks.ts";
import { encodeJson } from "../internal/json.ts";
import { RowReader } from "./_row_reader.ts";
import { TAGS } from "./_run_shapes.ts";
import { withFile } from "./_with_file.ts";
import { dbPathOf, type TrackerConfig } from "./db_path.ts";
import type { OpenOptions } from "./open.ts";
import { transact } from "./retry.ts";

/** Changes to a run. */
export interface RunEdit {
  /**
   * Tags to add. A tag that the run has already keeps its position.
   *
   * @default {[]}
   */
  readonly addTags?: readonly string[];
  /**
   * Tags to remove.
   *
   * @default {[]}
   */
  readonly removeTags?: readonly string[];
  /**
   * The new notes. An empty string removes the notes.
   *
   * @default {unchanged}
   */
  readonly notes?: string;
}

/**
 * Changes the tags and notes of a run. If two processes do so at once, the tags of both are kept.
 *
 * @param config The config or path that names the file.
 * @param runId The id of the run.
 * @param edit The changes, and how the file is opened.
 * @returns the tags of the run after the change, or `undefined` if there is no such run.
 * @throws {TrackerUsageError} If a tag or the notes are not a string that can be stored.
 *
 * @example
 * ```ts
 * import { editRun, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const config = { experiment: { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } } };
 * const logger = new SQLLogger(config);
 * const id = await logger.run({ tags: ["draft"] });
 * await logger.finish();
 * assertEquals(await editRun(config, id, { addTags: ["best"], removeTags: ["draft"] }), ["best"]);
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function editRun(
  config: TrackerConfig | string,
  runId: number,
  edit: RunEdit & OpenOptions,
): Promise<string[] | undefined> {
  const action = "edit a run";
  checkInteger(runId, { action, what: "its id" });
  checkOpenOptions(edit, action);
  const { addTags = [], removeTags = [], notes } = edit;
  checkTexts(addTags, { action, what: "addTags" });
  checkTexts(removeTags, { action, what: "removeTags" });
  ifGiven(notes, (value) => checkText(value, { action, what: "notes" }));
  return await withFile(config, edit, (connection, timeout) => {
    const work = (): string[] | undefined => {
      const row = connection.prepare(
        "SELECT tags FROM experiments WHERE id = ?",
      ).get(runId);
      if (row === undefined) return undefined;
      const place = {
        path: dbPathOf(config),
        table: "experiments",
        run: runId,
      };
      const old = new RowReader(row, place)
        .json<unknown[]>("tags", { shape: TAGS, fallback: [] }).map(String);
      const tags = [...new Set([...old, ...addTags])]
        .filter((tag) => !removeTags.includes(tag));
      connection.prepare("UPDATE experiments SET tags = ? WHERE id = ?")
        .run(encodeJson(tags).text, runId);
      if (notes !== undefined) {
        connection.prepare("UPDATE experiments SET notes = ? WHERE id = ?")
          .run(notes === "" ? null : notes, runId);
      }
      return tags;
    };
    return transact(connection, { work, timeout });
  });
}

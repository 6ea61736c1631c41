/**
 * Ends the run of a trial from outside of its worker.
 *
 * @module
 */
import { checkName } from "./_check.ts";
import { describeError } from "./_logger_support.ts";
import { toTimeText } from "./_times.ts";
import { giveUp } from "./_trial_attempt.ts";
import { withFile } from "./_with_file.ts";
import type { TrackerConfig } from "./db_path.ts";
import type { OpenOptions } from "./open.ts";
import { transact } from "./retry.ts";

/** Why a trial is given up, and how the file is opened. */
export interface GiveUpOptions extends OpenOptions {
  /** The reason. */
  readonly error: unknown;
  /**
   * How the run ends.
   *
   * @default {"failed"}
   */
  readonly status?: "failed" | "interrupted";
}

/**
 * Ends the run of a trial whose worker died or was stopped, so that it cannot do it itself. What the attempt
 * logged does not count. A run that has ended stays as it is.
 *
 * @param config The config or path that names the file.
 * @param uuid The UUID of the run; see {@linkcode RunOptions.trial}.
 * @param options The reason.
 * @returns whether the run was running.
 * @throws {StorageError} If the file cannot be written.
 *
 * @example
 * ```ts
 * import { giveUpTrial, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const config = { experiment: { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } } };
 * const logger = new SQLLogger(config);
 * const uuid = crypto.randomUUID();
 * await logger.run({ trial: { uuid, restarts: true } });
 * await logger.finish();
 * assertEquals(await giveUpTrial(config, uuid, { error: new Error("too late") }), false);
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function giveUpTrial(
  config: TrackerConfig | string,
  uuid: string,
  options: GiveUpOptions,
): Promise<boolean> {
  checkName(uuid, { action: "give up a trial", what: "the UUID" });
  const { error, status = "failed" } = options;
  const end = {
    status,
    error: JSON.stringify(describeError(error)),
    at: toTimeText(Date.now()),
  };
  return await withFile(
    config,
    options,
    (connection, timeout) =>
      transact(connection, {
        work: () => giveUp(connection, uuid, end),
        timeout,
      }),
  );
}

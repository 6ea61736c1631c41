/**
 * Adds what its program printed to a run that another process recorded.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import { findRegistered } from "./_absorb.ts";
import { STREAMS } from "./_console_buffer.ts";
import { writeConsole } from "./_console_store.ts";
import { withFile } from "./_with_file.ts";
import type { ConsolePart } from "./console.ts";
import type { TrackerConfig } from "./db_path.ts";
import type { OpenOptions } from "./open.ts";
import { transact } from "./retry.ts";

/**
 * Adds the output of a program to the newest attempt of a run that has none yet, whether the run has ended or not.
 *
 * @param config The config or path that names the file.
 * @param uuid The UUID of the run.
 * @param parts The output, in order, as {@linkcode SQLFinder.consoleOf} gives it: what was not kept between two parts
 * stays missing.
 * @param options How the file is opened. @default {{}}
 * @returns whether it was added: the file has the run, and no output of it.
 * @throws {StorageError} If the file cannot be written.
 *
 * @example
 * ```ts
 * import { addRunConsole, SQLFinder, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const dbPath = "added_console.db";
 * const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath } } });
 * await logger.run();
 * await logger.finish();
 *
 * const bytes = new TextEncoder().encode("loss 0.3\n");
 * const part = { start: 0, at: Date.now(), stream: "stdout", bytes } as const;
 * assertEquals(await addRunConsole(dbPath, logger.runUuid!, [part]), true);
 * const finder = new SQLFinder(dbPath);
 * const [printed] = await finder.consoleOf(logger.runUuid!);
 * assertEquals(new TextDecoder().decode(printed!.bytes), "loss 0.3\n");
 * await finder.close();
 * rmSync(dbPath);
 * ```
 */
export async function addRunConsole(
  config: TrackerConfig | string,
  uuid: string,
  parts: readonly ConsolePart[],
  options: OpenOptions = {},
): Promise<boolean> {
  return await withFile(config, options, (connection, timeout) => {
    const work = (): boolean => {
      const run = findRegistered(connection, uuid);
      if (run === undefined) return false;
      const has = connection.prepare(
        "SELECT 1 FROM console WHERE run_id = ? AND attempt = ? LIMIT 1",
      ).get(run.runId, run.attempt);
      if (has !== undefined) return false;
      for (const part of parts) writeConsole(connection, run, noteOf(part));
      return true;
    };
    return transact(connection, { work, timeout });
  });
}

function noteOf({ start, at, stream, bytes }: ConsolePart) {
  const head = Buffer.alloc(5);
  head.writeUInt8(STREAMS.indexOf(stream), 0);
  head.writeUInt32LE(bytes.length, 1);
  return {
    start,
    bytes: bytes.length,
    at,
    content: deflateSync(Buffer.concat([head, bytes])).toString("base64"),
    // What was kept before is kept again.
    keptFrom: 0,
  };
}

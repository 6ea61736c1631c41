/**
 * Adds inputs to a run that another process recorded.
 *
 * @module
 */
import { findRegistered } from "./_absorb.ts";
import { joinedInputs } from "./_input_writer.ts";
import { inputsRecord, writeInputs } from "./_inputs_store.ts";
import { readRecords } from "./_read_factors.ts";
import { withFile } from "./_with_file.ts";
import type { TrackerConfig } from "./db_path.ts";
import type { OpenOptions } from "./open.ts";
import { transact } from "./retry.ts";
import type { RunInputs } from "../internal/run_inputs.ts";

/**
 * Adds what observers saw to the newest attempt of a run, whether it has ended or not. The inputs that it logged
 * itself stay.
 *
 * @param config The config or path that names the file.
 * @param uuid The UUID of the run.
 * @param inputs What the observers saw.
 * @param options How the file is opened. @default {{}}
 * @returns whether the file has the run.
 * @throws {StorageError} If the file cannot be written.
 *
 * @example
 * ```ts
 * import { addRunInputs, SQLFinder, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const dbPath = "added_inputs.db";
 * const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath } } });
 * await logger.run();
 * const uuid = logger.runUuid!;
 * await logger.finish();
 *
 * await addRunInputs(dbPath, uuid, {
 *   factors: [["env:SCALE", "unset"]],
 *   coverage: { level: "full", missing: [] },
 *   texts: new Map(),
 * });
 * const finder = new SQLFinder(dbPath);
 * assertEquals((await finder.inputsOf(uuid))?.inputs.map(({ name }) => name), ["SCALE"]);
 * await finder.close();
 * rmSync(dbPath);
 * ```
 */
export async function addRunInputs(
  config: TrackerConfig | string,
  uuid: string,
  inputs: RunInputs,
  options: OpenOptions = {},
): Promise<boolean> {
  return await withFile(config, options, (connection, timeout) => {
    const work = (): boolean => {
      const run = findRegistered(connection, uuid);
      if (run === undefined) return false;
      const given = readRecords(connection, run.runId).find((one) =>
        one.attempt === run.attempt && one.record.dimension === "inputs"
      );
      const logged = given && {
        factors: given.record.factors,
        coverage: given.record,
        texts: new Map<string, string>(),
      };
      const joined = joinedInputs(logged, inputs) ?? inputs;
      writeInputs(connection, run, inputsRecord(joined));
      return true;
    };
    return transact(connection, { work, timeout });
  });
}

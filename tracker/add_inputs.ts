/**
 * Adds what observers saw to a run that its program has recorded itself.
 *
 * @module
 */
import { factorRecord } from "./_factor_record.ts";
import { joinedInputs } from "./_input_writer.ts";
import { inputsRecord, writeInputs } from "./_inputs_store.ts";
import { readRecords } from "./_read_factors.ts";
import { withFile } from "./_with_file.ts";
import type { TrackerConfig } from "./db_path.ts";
import type { Connection } from "./driver.ts";
import type { OpenOptions } from "./open.ts";
import { transact } from "./retry.ts";
import type { RunInputs } from "../internal/run_inputs.ts";

/**
 * Adds inputs to the last attempt of a run. Those that the run has logged stay.
 *
 * @param config The config or path that names the file.
 * @param uuid The UUID of the run.
 * @param inputs What the run read, and how the file is opened.
 * @returns false if the file has no such run.
 * @throws {StorageError} If the file cannot be written.
 */
export async function addInputs(
  config: TrackerConfig | string,
  uuid: string,
  { inputs, ...options }: OpenOptions & { readonly inputs: RunInputs },
): Promise<boolean> {
  return await withFile(config, options, (connection, timeout) => {
    const work = (): boolean => add(connection, uuid, inputs);
    return transact(connection, { work, timeout });
  });
}

function add(connection: Connection, uuid: string, inputs: RunInputs): boolean {
  const row = connection.prepare(
    "SELECT id, attempt FROM experiments WHERE uuid = ?",
  ).get(uuid);
  if (row === undefined) return false;
  const of = { runId: Number(row["id"]), attempt: Number(row["attempt"]) };
  const joined = joinedInputs(loggedIn(connection, of), inputs) ?? inputs;
  writeInputs(connection, of, inputsRecord(joined));
  return true;
}

/** The inputs that the program has logged; the texts of them are stored. */
function loggedIn(
  connection: Connection,
  { runId, attempt }: { readonly runId: number; readonly attempt: number },
): RunInputs | undefined {
  const found = readRecords(connection, runId).find((one) =>
    one.attempt === attempt && one.record.dimension === "inputs"
  );
  if (found === undefined) return undefined;
  const { factors, level, missing } = factorRecord(
    "inputs",
    found.record.factors,
    found.record,
  );
  return { factors, coverage: { level, missing }, texts: new Map() };
}

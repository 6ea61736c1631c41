/** The factors and the program of a run as lines of a spill file. */
import { type AttemptRecord, readRecords } from "./_read_factors.ts";
import { inflated, programNote, type ProgramRecord } from "./_program_store.ts";
import { programsOf, textsOf } from "./_read_program.ts";
import { pathOf } from "./_reading.ts";
import { inputsNote, textsOfInputs } from "./_inputs_store.ts";
import { recordedConfig } from "./_late_config.ts";
import type { Registered } from "./_run_store.ts";
import type { Note } from "./_sink.ts";
import type { Connection } from "./driver.ts";
import { classifyStorageProblem } from "./errors.ts";

/** Reads the factors and the program of an attempt; nothing if the file is damaged. */
export function factorNotesOf(connection: Connection, run: Registered): Note[] {
  try {
    return notesOf(connection, run);
  } catch (error) {
    if (classifyStorageProblem(error) === undefined) throw error;
    // The old file was damaged when it was taken away; the run itself was saved before.
    return [];
  }
}

function notesOf(connection: Connection, run: Registered): Note[] {
  const { runId, attempt } = run;
  const records = readRecords(connection, runId)
    .filter((one) => one.attempt === attempt);
  const factors = records.map(({ record }): Note => {
    if (record.dimension === "inputs") {
      // The connection may be closed when the texts are written.
      const texts = [...textsOfInputs(connection, record)];
      return { inputs: inputsNote(record, () => texts) };
    }
    const config = record.dimension === "config"
      ? recordedConfig(connection, run, record)
      : undefined;
    return config === undefined ? { factors: record } : { config };
  });
  const program = programsOf(connection, runId)
    .find((one) => one.attempt === attempt);
  const code = records.find(({ record }) => record.dimension === "code");
  if (program === undefined || code === undefined) return factors;
  return [...factors, {
    program: recordOf(connection, { runId, program, code }),
  }];
}

function recordOf(
  connection: Connection,
  { runId, program, code }: {
    runId: number;
    program: ReturnType<typeof programsOf>[number];
    code: AttemptRecord;
  },
): ProgramRecord {
  const place = { path: pathOf(connection), table: "programs", run: runId };
  // The connection may be closed when the texts are written.
  const texts = [...textsOf(connection, program, place)];
  return programNote({
    hash: program.hash,
    seal: program.seal,
    detail: inflated(program.detail),
    factors: code.record,
    texts: () => texts,
  });
}

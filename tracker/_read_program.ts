/** Reads the programs that runs have recorded. */
import {
  inflated,
  isTextOf,
  sha256Of,
  type StoredProgram,
} from "./_program_store.ts";
import { FACTORS_SINCE } from "./_factor_store.ts";
import { RowReader } from "./_row_reader.ts";
import { pathOf } from "./_reading.ts";
import { schemaVersion } from "./_schema_version.ts";
import {
  BOOLEAN,
  listOf,
  NUMBER,
  objectOf,
  pairOf,
  recordOf,
  type Shape,
  TEXT,
} from "./_shapes.ts";
import { COVERAGE } from "./_run_shapes.ts";
import type { Connection } from "./driver.ts";
import { isSealedProgram } from "./seal.ts";
import { damageError, type Place, StorageError } from "./errors.ts";
import type { Run } from "./run_record.ts";
import { messageOf } from "../internal/errors.ts";
import { visible } from "../internal/visible_text.ts";

/** `programs.detail`, inflated. */
const PROGRAM: Shape = objectOf({
  entry: TEXT,
  modules: listOf(objectOf({
    path: TEXT,
    sha256: TEXT,
    pieces: listOf(objectOf({
      name: TEXT,
      kind: TEXT,
      hash: TEXT,
      lines: listOf(pairOf(NUMBER, NUMBER)),
      reachable: BOOLEAN,
    }, {
      links: listOf(TEXT),
      shape: TEXT,
      uses: listOf(TEXT),
      isNamed: BOOLEAN,
    })),
  })),
  packages: recordOf(TEXT),
  files: listOf(objectOf({ path: TEXT, sha256: TEXT })),
  coverage: COVERAGE,
});

/** The program of an attempt, as it is stored. */
export interface ProgramRow {
  readonly attempt: number;
  readonly hash: string;
  readonly detail: Uint8Array;
  readonly seal: string | undefined;
}

/** Reads the programs of the attempts of a run, the oldest first. */
export function programsOf(
  connection: Connection,
  runId: number,
): ProgramRow[] {
  if (schemaVersion(connection) < FACTORS_SINCE) return [];
  const rows = connection.prepare(
    `SELECT r.attempt, r.seal, p.hash, p.detail FROM run_programs r
     LEFT JOIN programs p ON p.id = r.program_id WHERE r.run_id = ? ORDER BY r.attempt`,
  ).all(runId);
  const place = { path: pathOf(connection), table: "programs", run: runId };
  return rows.map((row) => {
    const read = new RowReader(row, place);
    return {
      attempt: read.count("attempt"),
      hash: read.text("hash"),
      detail: read.bytes("detail"),
      seal: read.optionalText("seal"),
    };
  });
}

/**
 * Reads a stored program.
 *
 * @throws {StorageError} If it is damaged, or is another program than its hash says; the error names the run.
 */
export function readProgram(
  { hash, detail }: Pick<ProgramRow, "hash" | "detail">,
  place: Place,
): StoredProgram {
  let program: unknown;
  try {
    const text = inflated(detail);
    if (sha256Of(text) !== hash) throw new Error("its hash is another one");
    program = JSON.parse(text);
  } catch (error) {
    throw damageError(
      place,
      `programs.detail is not what Ato stores (${visible(messageOf(error))})`,
    );
  }
  const problem = PROGRAM(program, "programs.detail");
  if (problem !== undefined) throw damageError(place, visible(problem));
  return program as StoredProgram;
}

/** Reads the texts of a program that the file has, deflated. One that its SHA-256 does not fit is left out. */
export function* textsOf(
  connection: Connection,
  program: ProgramRow,
  place: Place,
): Iterable<readonly [sha256: string, content: Uint8Array]> {
  const { modules, files } = readProgram(program, place);
  const find = connection.prepare("SELECT content FROM texts WHERE sha256 = ?");
  for (
    const sha256 of new Set([...modules, ...files].map((one) => one.sha256))
  ) {
    const row = find.get(sha256);
    if (row === undefined) continue;
    const content = new RowReader(row, { ...place, table: "texts" })
      .bytes("content");
    if (isTextOf(content, sha256)) yield [sha256, content];
  }
}

/** Whether this user's key sealed the program of the newest attempt. */
export function isOwnProgram(connection: Connection, run: Run): boolean {
  const newest = run.attempts.at(-1)?.attempt;
  const row = programsOf(connection, run.id)
    .find(({ attempt }) => attempt === newest);
  return row !== undefined && isSealedProgram(row.seal, row.hash);
}

/** Reads the program of an attempt; `undefined` if it has none. */
export function programOfRun(
  connection: Connection,
  run: Run,
  attempt?: number,
): StoredProgram | undefined {
  const newest = run.attempts.at(-1)?.attempt;
  const row = programsOf(connection, run.id)
    .find((one) => one.attempt === (attempt ?? newest));
  const place = { path: pathOf(connection), table: "programs", run: run.id };
  return row && readProgram(row, place);
}

/**
 * Reads a text by its SHA-256.
 *
 * @throws {StorageError} If it is damaged.
 */
export function readText(
  connection: Connection,
  sha256: string,
): string | undefined {
  if (schemaVersion(connection) < FACTORS_SINCE) return undefined;
  const row = connection.prepare("SELECT content FROM texts WHERE sha256 = ?")
    .get(sha256);
  if (row === undefined) return undefined;
  const place = { path: pathOf(connection), table: "texts" };
  try {
    return inflated(new RowReader(row, place).bytes("content"));
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const what = visible(messageOf(error));
    throw damageError(place, `texts.content is not what Ato stores (${what})`);
  }
}

/** Erases sets of factors, programs and texts that no run refers to. */
import type { FactorEntry } from "./_factor_record.ts";
import { textsOfInputs } from "./_inputs_store.ts";
import { readProgram } from "./_read_program.ts";
import { RowReader } from "./_row_reader.ts";
import type { Connection } from "./driver.ts";
import { damageError, StorageError } from "./errors.ts";

/** The file, and what receives warnings. */
interface ErasePlace {
  readonly path: string;
  readonly onWarning: (line: string) => void;
}

const SETS =
  `DELETE FROM factor_sets WHERE id NOT IN (SELECT set_id FROM run_factors);
DELETE FROM programs WHERE id NOT IN (SELECT program_id FROM run_programs)`;

/** Names have even places in a list of members, values have odd ones. */
const MEMBERS = (rest: 0 | 1): string =>
  `SELECT j.value FROM factor_sets s, json_each(s.members) j WHERE j.key % 2 = ${rest}`;

const NAMES = `DELETE FROM factor_names WHERE id NOT IN (${MEMBERS(0)});
DELETE FROM factor_values WHERE id NOT IN (${MEMBERS(1)})`;

/**
 * Erases what no run uses. The cache of parsed files is emptied: it is filled again by the next snapshot.
 * The caller has begun a transaction.
 */
export function eraseUnusedFactors(
  connection: Connection,
  place: ErasePlace,
): void {
  connection.exec(SETS);
  if (areListsReadable(connection, place)) connection.exec(NAMES);
  eraseTexts(connection, place);
  connection.exec("DELETE FROM parsed");
}

/** What a damaged set refers to is not known, so it is kept. */
function areListsReadable(connection: Connection, place: ErasePlace): boolean {
  const row = connection.prepare(
    "SELECT 1 AS found FROM factor_sets WHERE NOT json_valid(members) LIMIT 1",
  ).get();
  if (row === undefined) return true;
  const { message } = damageError(
    { path: place.path, table: "factor_sets" },
    "factor_sets.members is not JSON, so no factor was erased",
  );
  place.onWarning(message);
  return false;
}

function eraseTexts(
  connection: Connection,
  { path, onWarning }: ErasePlace,
): void {
  const place = { path, table: "programs" };
  const used = new Set<string>();
  try {
    const rows = connection.prepare("SELECT hash, detail FROM programs")
      .iterate();
    for (const row of rows) {
      const read = new RowReader(row, place);
      const { modules, files } = readProgram(
        { hash: read.text("hash"), detail: read.bytes("detail") },
        place,
      );
      for (const { sha256 } of [...modules, ...files]) used.add(sha256);
    }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    onWarning(`${error.message}; no text was erased`);
    return;
  }
  for (const sha256 of inputTexts(connection)) used.add(sha256);
  connection.prepare(
    "DELETE FROM texts WHERE sha256 NOT IN (SELECT value FROM json_each(?))",
  ).run(JSON.stringify([...used]));
}

const INPUT_VALUES =
  "SELECT key FROM factor_values WHERE key LIKE 'sha256:%' OR key LIKE 'tree:%'";

/** The SHA-256 of texts of inputs: of small files, of folders, and of what is in these. */
function inputTexts(connection: Connection): Set<string> {
  const factors = connection.prepare(INPUT_VALUES).all()
    .map(({ key }): FactorEntry => ["", String(key)]);
  const texts = textsOfInputs(connection, { factors });
  return new Set([...texts].map(([sha256]) => sha256));
}

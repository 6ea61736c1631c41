/** Copies the factors, the inputs and the program of a run to another file, where ids differ. */
import { fillRun } from "./_fill_factors.ts";
import { FACTORS_SINCE, FactorStore } from "./_factor_store.ts";
import { textsOfInputs } from "./_inputs_store.ts";
import { pathOf } from "./_reading.ts";
import { readRecords } from "./_read_factors.ts";
import { programsOf, textsOf } from "./_read_program.ts";
import { schemaVersion } from "./_schema_version.ts";
import type { Connection } from "./driver.ts";

/** Two files, and the run in each. */
interface Copied {
  readonly from: Connection;
  readonly to: Connection;
  readonly fromId: number;
  readonly toId: number;
}

/**
 * Copies the factors and the programs of all attempts. Those of a run of an earlier schema version are
 * derived from what was copied before.
 */
export function copyFactors({ from, to, fromId, toId }: Copied): void {
  const records = schemaVersion(from) < FACTORS_SINCE
    ? []
    : readRecords(from, fromId);
  if (records.length === 0) return fillRun(to, toId);
  const store = new FactorStore(to);
  for (const { attempt, record } of records) {
    store.write({ runId: toId, attempt }, record);
  }
  const addText = to.prepare(
    "INSERT OR IGNORE INTO texts (sha256, content) VALUES (?, ?)",
  );
  for (const { record } of records) {
    if (record.dimension !== "inputs") continue;
    for (const text of textsOfInputs(from, record)) addText.run(...text);
  }
  copyPrograms({ from, to, fromId, toId });
}

function copyPrograms({ from, to, fromId, toId }: Copied): void {
  const find = to.prepare("SELECT id FROM programs WHERE hash = ?");
  const add = to.prepare(
    "INSERT INTO programs (hash, detail) VALUES (?, ?) RETURNING id",
  );
  const addText = to.prepare(
    "INSERT OR IGNORE INTO texts (sha256, content) VALUES (?, ?)",
  );
  const link = to.prepare(
    "INSERT OR REPLACE INTO run_programs VALUES (?, ?, ?, ?)",
  );
  const place = { path: pathOf(from), table: "programs", run: fromId };
  for (const program of programsOf(from, fromId)) {
    const { attempt, hash, detail, seal = null } = program;
    let id = find.get(hash)?.["id"];
    if (id === undefined) {
      for (const text of textsOf(from, program, place)) addText.run(...text);
      id = add.get(hash, detail)!["id"]!;
    }
    link.run(toId, attempt, id, seal);
  }
}

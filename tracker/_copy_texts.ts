/** Copies the texts of programs and inputs that a file lacks of its runs. */
import { FACTORS_SINCE } from "./_factor_store.ts";
import { textsOfInputs } from "./_inputs_store.ts";
import { pathOf } from "./_reading.ts";
import { readRecords } from "./_read_factors.ts";
import { programsOf, textsOf } from "./_read_program.ts";
import { schemaVersion } from "./_schema_version.ts";
import type { Connection } from "./driver.ts";

/** Copies texts of one file to another. What several runs share is looked at once. */
export class TextCopier {
  readonly #from: Connection;
  readonly #to: Connection;
  readonly #isOld: boolean;
  readonly #programs = new Set<string>();
  readonly #sets = new Set<number>();

  /** Makes one; the caller has begun a transaction. */
  constructor({ from, to }: { from: Connection; to: Connection }) {
    this.#from = from;
    this.#to = to;
    this.#isOld = schemaVersion(from) < FACTORS_SINCE;
  }

  /**
   * Copies the texts of a run.
   *
   * @param runId Its id in the file that is read.
   * @returns how many the other file did not have.
   */
  copy(runId: number): number {
    if (this.#isOld) return 0;
    return this.#copyPrograms(runId) + this.#copyInputs(runId);
  }

  #copyPrograms(runId: number): number {
    const place = { path: pathOf(this.#from), table: "programs", run: runId };
    let added = 0;
    for (const program of programsOf(this.#from, runId)) {
      if (this.#programs.has(program.hash)) continue;
      this.#programs.add(program.hash);
      added += this.#add(textsOf(this.#from, program, place));
    }
    return added;
  }

  #copyInputs(runId: number): number {
    const isNew = this.#from.prepare(
      "SELECT DISTINCT set_id FROM run_factors WHERE run_id = ? AND dimension = 'inputs'",
    ).all(runId).map((row) => Number(row["set_id"]))
      .filter((id) => !this.#sets.has(id));
    if (isNew.length === 0) return 0;
    for (const id of isNew) this.#sets.add(id);
    return readRecords(this.#from, runId)
      .filter(({ record }) => record.dimension === "inputs")
      .reduce(
        (sum, { record }) => sum + this.#add(textsOfInputs(this.#from, record)),
        0,
      );
  }

  #add(
    texts: Iterable<readonly [sha256: string, content: Uint8Array]>,
  ): number {
    const add = this.#to.prepare(
      "INSERT OR IGNORE INTO texts (sha256, content) VALUES (?, ?) RETURNING 1 AS added",
    );
    let added = 0;
    for (const text of texts) added += add.all(...text).length;
    return added;
  }
}

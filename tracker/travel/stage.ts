/**
 * A database in memory in which a run that came from elsewhere is put together and checked, as a file of a stranger is
 * before it is merged: its schema is ours, its rows can be anything.
 */
import { Buffer } from "node:buffer";
import { FactorStore } from "../_factor_store.ts";
import { FACTOR_RECORD } from "../_run_shapes.ts";
import { damageOf } from "../_sound_run.ts";
import { isTextOf } from "../_program_store.ts";
import { setHash } from "../_factor_record.ts";
import { migrate } from "../_migrations.ts";
import { CachedConnection } from "./cached.ts";
import { encodeJson } from "../../internal/json.ts";
import type { Connection, Row } from "../driver.ts";
import { openForWriting, type OpenOptions } from "../open.ts";
import { Run } from "../run_record.ts";
import { eraseParts } from "../_erase.ts";
import { FACT_COLUMNS } from "./read.ts";
import {
  TRAVEL_TABLES,
  type TravelEdits,
  type TravelRecord,
  type TravelRow,
  type TravelSource,
} from "./shape.ts";
import { addWords } from "./land_words.ts";
import { parseCommandWords } from "./command_words.ts";
import { fromTravel } from "./values.ts";

/** The id of the run that is being put together. */
export const STAGED = 1;

/** What came of a run, before it is known to be sound. */
export interface Arrived {
  readonly uuid: string;
  readonly record: TravelRecord;
  readonly edits: TravelEdits;
  /** Returns the content that a record names. */
  content(name: string): string | undefined;
  readonly sources: readonly TravelSource[];
}

/** What was wrong with a run that came from elsewhere. */
export class UnsoundRunError extends Error {
  /** Makes the error; the message is a clause. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnsoundRunError";
  }
}

/** The database in memory. */
export class Stage {
  /** Its connection. */
  readonly connection: Connection;
  readonly #columns = new Map<string, readonly string[]>();

  private constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Opens one. */
  static async open(options: OpenOptions): Promise<Stage> {
    const path = ":memory:";
    const connection = new CachedConnection(
      await openForWriting(path, options),
      { path: "what was received", action: "read" },
    );
    migrate(connection, { path, timeout: 0 });
    return new Stage(connection);
  }

  /** Closes it. */
  close(): void {
    this.connection.close();
  }

  /**
   * Puts the run of {@linkcode STAGED} together, in place of the one before.
   *
   * @param arrived What came.
   * @param options `summaries`: take the summaries of metrics, for a run that is only looked at.
   * @returns the row of the run.
   * @throws {UnsoundRunError} If it is not what Ato stores.
   */
  put(arrived: Arrived, options: { summaries: boolean }): Row {
    const { connection } = this;
    connection.exec("BEGIN");
    try {
      this.#clear();
      this.#fill(arrived, options);
      connection.exec("COMMIT");
    } catch (error) {
      connection.exec("ROLLBACK");
      throw unsound(error);
    }
    const row = this.row();
    const damage = damageOf(connection, row);
    if (damage !== undefined) throw unsound(damage);
    return row;
  }

  /** The row of the run. */
  row(): Row {
    return this.connection.prepare("SELECT * FROM experiments WHERE id = ?")
      .get(STAGED)!;
  }

  /** The run, for a filter. */
  run(): Run {
    return new Run(this.connection, this.row());
  }

  #clear(): void {
    eraseParts(this.connection, STAGED);
    this.connection.exec(
      "DELETE FROM experiments; DELETE FROM projects; DELETE FROM texts; DELETE FROM sources",
    );
  }

  #fill(
    { uuid, record, edits, content, sources }: Arrived,
    { summaries }: { summaries: boolean },
  ): void {
    this.#insert("projects", record.project, { id: 1 });
    const columns = FACT_COLUMNS.map((
      name,
    ) => [name, record.run[name] ?? null]);
    this.#insert("experiments", Object.fromEntries(columns), {
      id: STAGED,
      project_id: 1,
      uuid,
      tags: encodeJson(edits.tags).text,
      name: edits.name,
      notes: edits.notes,
    });
    for (const table of TRAVEL_TABLES) {
      for (const row of record.tables[table]) {
        if (table === "deep_fingerprints") this.#putDeep(row, content);
        else if (table === "series") {
          this.#insert(table, summaries ? row : bare(row), {
            run_id: STAGED,
            project_id: 1,
          });
        } else this.#insert(table, row, { run_id: STAGED });
      }
    }
    this.#putFactors(record, content);
    this.#putPrograms(record, content);
    this.#putSources(sources);
  }

  #insert(
    table: string,
    row: TravelRow,
    set: Readonly<Record<string, number | string | null>>,
  ): void {
    let columns = this.#columns.get(table);
    if (columns === undefined) {
      columns = this.connection.prepare(`PRAGMA table_info(${table})`).all()
        .map((one) => String(one["name"]));
      this.#columns.set(table, columns);
    }
    const all: Record<string, unknown> = { ...row, ...set };
    // A column that this file does not have is one of a newer Ato; what it says is not known here.
    const used = columns.filter((name) => Object.hasOwn(all, name));
    this.connection.prepare(
      `INSERT INTO ${table} (${used.map((name) => `"${name}"`).join(", ")})
       VALUES (${used.map(() => "?").join(", ")})`,
    ).run(...used.map((name) => fromTravel(all[name])));
  }

  #putDeep(row: TravelRow, content: Arrived["content"]): void {
    const hash = String(row["detail"]);
    const detail = needed(content(`deep:${hash}`), "what a function uses");
    const { connection } = this;
    connection.prepare(
      "INSERT INTO deep_details (hash, detail) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
    ).run(hash, String(fromTravel(detail)));
    const found = connection.prepare(
      "SELECT id FROM deep_details WHERE hash = ?",
    ).get(hash)!;
    this.#insert("deep_fingerprints", row, {
      run_id: STAGED,
      detail_id: Number(found["id"]),
    });
  }

  #putFactors({ factors }: TravelRecord, content: Arrived["content"]): void {
    const store = new FactorStore(this.connection);
    for (const { attempt, dimension, level, missing, set } of factors) {
      const text = needed(content(`set:${set}`), `the factors of ${dimension}`);
      const one = { dimension, level, missing, factors: JSON.parse(text) };
      const problem = FACTOR_RECORD(one, "factors");
      if (problem !== undefined) throw new UnsoundRunError(problem);
      if (setHash(one.factors) !== set) {
        throw new UnsoundRunError(
          `the factors of ${dimension} are not those that their hash says`,
        );
      }
      store.write(
        { runId: STAGED, attempt },
        one as Parameters<FactorStore["write"]>[1],
      );
    }
  }

  #putPrograms({ programs }: TravelRecord, content: Arrived["content"]): void {
    const { connection } = this;
    for (const { attempt, hash, seal } of programs) {
      const detail = needed(content(`program:${hash}`), "the program");
      connection.prepare(
        "INSERT INTO programs (hash, detail) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
      ).run(hash, Buffer.from(detail, "base64"));
      const { id } = connection.prepare(
        "SELECT id FROM programs WHERE hash = ?",
      ).get(hash)!;
      connection.prepare("INSERT INTO run_programs VALUES (?, ?, ?, ?)")
        .run(STAGED, attempt, id!, seal);
    }
  }

  #putSources(sources: readonly TravelSource[]): void {
    const { connection } = this;
    for (const { kind, name, content } of sources) {
      if (kind === "source") {
        connection.prepare("INSERT OR IGNORE INTO sources VALUES (?, ?)")
          .run(name, fromTravel(content));
      } else if (kind === "text") {
        const bytes = Buffer.from(content, "base64");
        if (!isTextOf(bytes, name)) {
          throw new UnsoundRunError(
            "a source is not the one that its hash says",
          );
        }
        connection.prepare(
          "INSERT OR IGNORE INTO texts (sha256, content) VALUES (?, ?)",
        ).run(name, bytes);
      } else if (kind === "words") {
        const words = parseCommandWords(content);
        if (words === undefined) {
          throw new UnsoundRunError("its command line is no list of words");
        }
        addWords(connection, { run: STAGED, attempt: Number(name), words });
      } else {
        connection.prepare(
          `UPDATE attempts SET environment = json_set(environment, '$.git.diff', ?)
           WHERE attempt = ? AND json_valid(environment)
           AND json_type(environment, '$.git') = 'object'`,
        ).run(fromTravel(content), Number(name));
      }
    }
  }
}

/** A series before its points are counted. */
function bare(row: TravelRow): TravelRow {
  const { key, attempt, latest, closed, start, cut_step } = row;
  return {
    key: key ?? null,
    attempt: attempt ?? null,
    latest: latest ?? null,
    closed: closed ?? null,
    start: start ?? null,
    cut_step: cut_step ?? null,
  };
}

function needed(content: string | undefined, what: string): string {
  if (content !== undefined) return content;
  throw new UnsoundRunError(`${what} is missing`);
}

function unsound(error: unknown): UnsoundRunError {
  if (error instanceof UnsoundRunError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new UnsoundRunError(message, { cause: error });
}

/** Writes the factors of runs. Names, values and sets are stored once for each content. */
import {
  type FactorEntry,
  type FactorRecord,
  setHash,
} from "./_factor_record.ts";
import { createHash } from "node:crypto";
import type { Connection, Statement } from "./driver.ts";

/** The first schema version with factors. */
export const FACTORS_SINCE = 5;

/** The longest value, in characters, that is its own key. */
const LONGEST_KEY = 200;
const LONG_KEY = "ato-long-v1:";

/** Returns the key of a value, and the value if that is not its key. */
export function keyOfValue(value: string): [key: string, value: string | null] {
  if (value.length <= LONGEST_KEY && !value.startsWith(LONG_KEY)) {
    return [value, null];
  }
  const digest = createHash("sha256").update(value).digest("hex");
  return [LONG_KEY + digest, value];
}

/** The run and the attempt that factors belong to. */
export interface AttemptOf {
  readonly runId: number;
  readonly attempt: number;
}

/**
 * Writes factors in one transaction, which the caller has begun. It remembers ids, so it must not outlive
 * that transaction.
 */
export class FactorStore {
  readonly #connection: Connection;
  readonly #statements = new Map<string, Statement>();
  readonly #names = new Map<string, number>();
  readonly #values = new Map<string, number>();
  readonly #sets = new Map<string, number>();

  /** @param connection The file. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Writes the factors of one dimension of an attempt, instead of those that it has. */
  write({ runId, attempt }: AttemptOf, record: FactorRecord): void {
    const { dimension, factors, level, missing } = record;
    this.#prepare(
      "INSERT OR REPLACE INTO run_factors VALUES (?, ?, ?, ?, ?, ?)",
    )
      .run(
        runId,
        attempt,
        dimension,
        this.#setId(factors),
        level,
        missing.length === 0 ? null : JSON.stringify(missing),
      );
  }

  #setId(factors: readonly FactorEntry[]): number {
    const hash = setHash(factors);
    const known = this.#sets.get(hash);
    if (known !== undefined) return known;
    const row =
      this.#prepare("SELECT id FROM factor_sets WHERE hash = ?").get(hash) ??
        this.#prepare(
          "INSERT INTO factor_sets (hash, members) VALUES (?, ?) RETURNING id",
        ).get(hash, this.#members(factors))!;
    const id = Number(row["id"]);
    this.#sets.set(hash, id);
    return id;
  }

  #members(factors: readonly FactorEntry[]): string {
    const pairs = factors.map(([name, value]): [number, number] => [
      this.#nameId(name),
      this.#valueId(value),
    ]);
    return JSON.stringify(pairs.sort(([a], [b]) => a - b).flat());
  }

  #nameId(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const row =
      this.#prepare("SELECT id FROM factor_names WHERE name = ?").get(name) ??
        this.#prepare("INSERT INTO factor_names (name) VALUES (?) RETURNING id")
          .get(name)!;
    const id = Number(row["id"]);
    this.#names.set(name, id);
    return id;
  }

  #valueId(text: string): number {
    const [key, value] = keyOfValue(text);
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const row =
      this.#prepare("SELECT id FROM factor_values WHERE key = ?").get(key) ??
        this.#prepare(
          "INSERT INTO factor_values (key, value) VALUES (?, ?) RETURNING id",
        ).get(key, value)!;
    const id = Number(row["id"]);
    this.#values.set(key, id);
    return id;
  }

  #prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** Writes the factors of an attempt. The caller has begun a transaction. */
export function writeFactors(
  connection: Connection,
  of: AttemptOf,
  records: readonly FactorRecord[],
): void {
  const store = new FactorStore(connection);
  for (const record of records) store.write(of, record);
}

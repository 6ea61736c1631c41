import { sha256HexSync } from "../../../internal/digest.ts";
import type { JournalEntry } from "../../distributed/backend.ts";
import type { Bell, Engine, Judged, TakenJob } from "../_engine.ts";
import type { EngineWords } from "../_network.ts";
import type { JobQueue } from "../_queue.ts";
import {
  BULL_SCHEMA,
  closeClient,
  type PgClient,
  type PgPool,
} from "./_client.ts";
import { judgePostgres } from "./_judge.ts";
import type { Listener } from "./_listener.ts";

/** What an engine is made of. */
export interface PostgresParts {
  readonly pool: PgPool;
  /** The clients of the pool that are open. */
  readonly clients: ReadonlySet<PgClient>;
  readonly queue: JobQueue;
  readonly listener: Listener;
  readonly words: EngineWords;
  /** The tag of the search. */
  readonly tag: string;
  /** The milliseconds that a lease lasts. */
  readonly lease: number;
}

/** A search on Postgres. Its times are those of `clock_timestamp()`. */
export class PostgresEngine implements Engine {
  readonly jobs: Bell;
  readonly news: Bell;
  readonly #parts: PostgresParts;

  /**
   * Makes the engine.
   *
   * @param parts What it is made of.
   */
  constructor(parts: PostgresParts) {
    this.#parts = parts;
    this.jobs = parts.listener.jobs;
    this.news = parts.listener.news;
  }

  async append(
    journal: string,
    key: string,
    value: string,
    token: string,
  ): Promise<boolean> {
    const { rows: [row] } = await this.#query<{ first: boolean }>(
      "SELECT ato.append($1, $2, decode($3, 'hex'), $4, $5, $6) AS first",
      // An index cannot hold long keys, so keys are compared by their hashes.
      [journal, sha256HexSync(key), key, value, token],
    );
    return row?.first === true;
  }

  async read(
    journal: string,
    after: number,
    limit: number,
  ): Promise<readonly JournalEntry[]> {
    const { rows } = await this.#query<
      { sequence: string; key: string; value: string }
    >(
      `SELECT sequence, key, value FROM ato.entry
        WHERE search = $1 AND journal = $2 AND sequence > $3
        ORDER BY sequence LIMIT $4`,
      [journal, after, limit],
    );
    return rows.map(({ sequence, key, value }) => ({
      sequence: Number(sequence),
      key,
      value,
    }));
  }

  async last(journal: string): Promise<number> {
    const { rows: [row] } = await this.#query<{ last: string }>(
      "SELECT last FROM ato.journal WHERE search = $1 AND name = $2",
      [journal],
    );
    return Number(row?.last ?? 0);
  }

  async lock(name: string, token: string): Promise<boolean> {
    const { rows } = await this.#query(
      `INSERT INTO ato.lock AS l (search, name, token, until)
       VALUES ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond')
       ON CONFLICT (search, name) DO UPDATE SET token = excluded.token, until = excluded.until
        WHERE l.until <= clock_timestamp() OR l.token = excluded.token
       RETURNING 1`,
      [name, token, this.#parts.lease],
    );
    return rows.length > 0;
  }

  async extendLock(name: string, token: string): Promise<boolean> {
    const { rows } = await this.#query(
      `UPDATE ato.lock SET until = clock_timestamp() + $4 * interval '1 millisecond'
        WHERE search = $1 AND name = $2 AND token = $3 AND until > clock_timestamp()
       RETURNING 1`,
      [name, token, this.#parts.lease],
    );
    return rows.length > 0;
  }

  async unlock(name: string, token: string): Promise<void> {
    await this.#query(
      "DELETE FROM ato.lock WHERE search = $1 AND name = $2 AND token = $3",
      [name, token],
    );
  }

  async now(): Promise<number> {
    const { rows: [row] } = await this.#parts.pool.query<{ now: number }>(
      "SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now",
    );
    return Math.floor(row?.now ?? NaN);
  }

  publish(id: string, data: string): Promise<void> {
    return this.#parts.queue.publish(id, data);
  }

  take(token: string): Promise<TakenJob | undefined> {
    return this.#parts.queue.take(token);
  }

  async recover(): Promise<void> {
    await this.#parts.queue.recover();
  }

  async drop(): Promise<void> {
    await this.#parts.queue.drop();
    for (const table of ["entry", "journal", "lock", "search"]) {
      await this.#query(`DELETE FROM ato.${table} WHERE search = $1`, []);
    }
    // BullMQ leaves these.
    for (const table of ["event", "meta"]) {
      await this.#query(
        `DELETE FROM ${BULL_SCHEMA}.${table} WHERE queue = $1`,
        [],
      );
    }
  }

  judge(error: unknown): Judged {
    return judgePostgres(this.#parts.words, error);
  }

  reset(): void {
    // A client whose statement is not answered in time is thrown away by the pool.
  }

  close(): void {
    this.#parts.listener.close();
    this.#parts.pool.end().catch(() => {
      // The clients are closed one by one below.
    });
    for (const client of this.#parts.clients) closeClient(client);
  }

  /** Runs a statement whose first parameter is the search. */
  #query<R>(text: string, values: readonly unknown[]) {
    return this.#parts.pool.query<R>(text, [this.#parts.tag, ...values]);
  }
}

/** A connection that keeps its statements: reading a run takes dozens of them, and there can be thousands of runs. */
import { GuardedConnection } from "../_reading.ts";
import type { Row, SqlValue, Statement } from "../driver.ts";

/** The most statements that are kept. */
const MOST = 500;

/** A connection that keeps its statements. */
export class CachedConnection extends GuardedConnection {
  readonly #statements = new Map<string, Statement>();

  override prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = new KeptStatement(
        super.prepare(sql),
        () => super.prepare(sql),
      );
      if (this.#statements.size >= MOST) this.#statements.clear();
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** A statement that can be used again while its rows are still being read. */
class KeptStatement implements Statement {
  readonly #statement: Statement;
  readonly #fresh: () => Statement;

  constructor(statement: Statement, fresh: () => Statement) {
    this.#statement = statement;
    this.#fresh = fresh;
  }

  run(...params: SqlValue[]): void {
    this.#statement.run(...params);
  }

  get(...params: SqlValue[]): Row | undefined {
    return this.#statement.get(...params);
  }

  all(...params: SqlValue[]): Row[] {
    return this.#statement.all(...params);
  }

  iterate(...params: SqlValue[]): IterableIterator<Row> {
    return this.#fresh().iterate(...params);
  }
}

/** A driver whose writes fail on request, and whose version can be set. */
import type {
  Connection,
  Driver,
  Row,
  SqlValue,
  Statement,
} from "../../tracker/mod.ts";

/** What fails. */
export interface Fault {
  /** The message of SQLite with which writes fail; they do not if it is undefined. */
  message?: string;
}

/** Wraps a driver. */
export function faultyDriver(
  inner: Driver,
  fault: Fault,
  options: { version?: string } = {},
): Driver {
  const check = (sql: string): void => {
    const writes = /^\s*(INSERT|UPDATE|DELETE|BEGIN|COMMIT|CREATE|ALTER)/i.test(
      sql,
    );
    if (fault.message !== undefined && writes) throw new Error(fault.message);
  };
  const sqliteVersion = options.version ?? inner.sqliteVersion;
  return {
    name: inner.name,
    sqliteVersion,
    connect(path, connectOptions): Connection {
      const connection = inner.connect(path, connectOptions);
      return {
        driver: connection.driver,
        sqliteVersion,
        exec(sql) {
          check(sql);
          connection.exec(sql);
        },
        prepare(sql): Statement {
          const statement = connection.prepare(sql);
          const checked = <T>(work: () => T): T => {
            check(sql);
            return work();
          };
          return {
            run: (...params: SqlValue[]): void =>
              checked(() => statement.run(...params)),
            get: (...params: SqlValue[]): Row | undefined =>
              checked(() => statement.get(...params)),
            all: (...params: SqlValue[]): Row[] =>
              checked(() => statement.all(...params)),
            iterate: (...params: SqlValue[]) =>
              checked(() => statement.iterate(...params)),
          };
        },
        close: () => connection.close(),
      };
    },
  };
}

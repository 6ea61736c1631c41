/** Reading a file in a way that can be interrupted: work on a history is thousands of small reads. */
import type { Connection, Driver, Statement } from "../../../tracker/mod.ts";

/**
 * Makes a driver that calls a function before each read.
 *
 * @param driver The driver that reads.
 * @param check Throws to interrupt the work; what it throws reaches whoever reads.
 */
export function interruptible(driver: Driver, check: () => void): Driver {
  return {
    name: driver.name,
    sqliteVersion: driver.sqliteVersion,
    connect: (path, options) =>
      connectionOf(driver.connect(path, options), check),
  };
}

function connectionOf(connection: Connection, check: () => void): Connection {
  return {
    driver: connection.driver,
    sqliteVersion: connection.sqliteVersion,
    exec: (sql) => connection.exec(sql),
    prepare: (sql) => statementOf(connection.prepare(sql), check),
    close: () => connection.close(),
  };
}

function statementOf(statement: Statement, check: () => void): Statement {
  return {
    run(...params) {
      check();
      statement.run(...params);
    },
    get(...params) {
      check();
      return statement.get(...params);
    },
    all(...params) {
      check();
      return statement.all(...params);
    },
    *iterate(...params) {
      check();
      for (const row of statement.iterate(...params)) {
        yield row;
        check();
      }
    },
  };
}

/**
 * Waits for the write lock.
 *
 * @module
 */
import type { Connection } from "./driver.ts";
import { classifyStorageProblem } from "./errors.ts";

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread: a metric must be in the file when `logMetric` returns, so nothing can be awaited. */
function sleep(milliseconds: number): void {
  Atomics.wait(cell, 0, 0, milliseconds);
}

/**
 * Runs `work` again while another process holds the lock. The pauses grow and have jitter, so that many
 * writers do not try at the same time.
 *
 * @param work The work; it changes nothing if it throws.
 * @param timeout For how long it is tried, in milliseconds.
 * @returns what `work` returns.
 * @throws the error of `work`, if it is not about a lock or the time is over.
 */
export function retryBusy<T>(work: () => T, timeout: number): T {
  const deadline = performance.now() + timeout;
  for (let pause = 1;; pause = Math.min(pause * 2, 100)) {
    try {
      return work();
    } catch (error) {
      if (
        classifyStorageProblem(error) !== "busy" ||
        performance.now() >= deadline
      ) throw error;
    }
    sleep(pause * (0.5 + Math.random()));
  }
}

/**
 * Runs `work` within one `BEGIN IMMEDIATE` transaction. SQLite cannot wait for the lock in a deferred
 * transaction that has read, so that would fail under load.
 *
 * @param connection The database.
 * @param options `work`, and `timeout` in milliseconds for the lock.
 * @returns what `work` returns.
 */
export function transact<T>(
  connection: Connection,
  options: { work: () => T; timeout: number },
): T {
  return retryBusy(() => {
    connection.exec("BEGIN IMMEDIATE");
    try {
      const result = options.work();
      connection.exec("COMMIT");
      return result;
    } catch (error) {
      rollback(connection);
      throw error;
    }
  }, options.timeout);
}

/**
 * Rolls a transaction back.
 *
 * @param connection The database.
 */
export function rollback(connection: Connection): void {
  try {
    connection.exec("ROLLBACK");
  } catch {
    // SQLite has rolled back by itself, e.g. because the disk is full; the first error counts.
  }
}

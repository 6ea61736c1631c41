/**
 * Waiting for the write lock.
 *
 * @module
 */
import type { Connection } from "./driver.ts";
import { classifyStorageProblem } from "./errors.ts";

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread: a metric must be on disk when `logMetric` returns, so there is no event loop to wait on. */
function sleep(milliseconds: number): void {
  Atomics.wait(cell, 0, 0, milliseconds);
}

/**
 * Runs `work` until it does not meet a lock, for at most `timeout` milliseconds. The pauses grow and
 * are jittered, so that many writers do not march in step.
 *
 * @param work What to try.
 * @param timeout Milliseconds.
 * @returns what `work` returns.
 * @throws whatever `work` throws when it is not a lock, or when the time is up.
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
 * Runs `work` within one `BEGIN IMMEDIATE` transaction. A deferred one that reads first could
 * never be retried by SQLite itself and fails under load.
 *
 * @param connection Where.
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
 * Ends a transaction that failed.
 *
 * @param connection Where.
 */
export function rollback(connection: Connection): void {
  try {
    connection.exec("ROLLBACK");
  } catch {
    // SQLite has already rolled back by itself (it does so on a full disk); the first error counts.
  }
}

/** Leases of tests that run out soon. */
import { EngineError } from "../../hyperopt/engines/mod.ts";
import type { SearchBackend } from "../../hyperopt/mod.ts";

/**
 * Renews a lease; returns whether it was held. On a busy machine a call, or a new connection, can take longer than the
 * lease lasts; then it is asked again.
 *
 * @param backend The connection that has the lease.
 * @param held The job or the lock.
 */
export async function extended(
  backend: SearchBackend,
  held: { extend(): Promise<boolean> },
): Promise<boolean> {
  for (;;) {
    try {
      return await held.extend();
    } catch (error) {
      if (!(error instanceof EngineError && error.problem === "lost")) {
        throw error;
      }
      // A call that waits for longer than the lease makes the connection.
      await backend.now();
    }
  }
}

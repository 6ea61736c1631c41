import { setTimeout as delay } from "node:timers/promises";

/**
 * Waits; a signal ends the wait, which is no error.
 *
 * @param milliseconds How long.
 * @param signal Ends the wait.
 */
export async function pause(
  milliseconds: number,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await delay(
      Math.max(0, milliseconds),
      undefined,
      signal === undefined ? {} : { signal },
    );
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

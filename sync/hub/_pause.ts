/** Waiting that a signal can end. */
import { setTimeout as sleep } from "node:timers/promises";

/** Waits for some milliseconds, or until the signal. */
export async function pause(
  milliseconds: number,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await sleep(
      Math.max(0, milliseconds),
      undefined,
      signal === undefined ? {} : { signal },
    );
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

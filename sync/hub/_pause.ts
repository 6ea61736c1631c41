/** Waiting that a signal can end. */
import { HubError } from "./errors.ts";
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

/** The longest pause between two tries, in milliseconds. */
const LONGEST = 60_000;

/**
 * Calls a function again and again while the hub cannot be reached, with longer and longer pauses.
 *
 * @param work The function.
 * @param options What ends the tries, and what is told of each failure.
 * @returns what it returns; `undefined` after the signal.
 * @throws any other error.
 */
export async function untilReached<T>(
  work: () => Promise<T>,
  options: {
    readonly signal: AbortSignal | undefined;
    readonly onNotice: (line: string) => void;
  },
): Promise<T | undefined> {
  const { signal, onNotice } = options;
  for (let wait = 1_000;; wait = Math.min(2 * wait, LONGEST)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HubError) || error.problem !== "unreachable") {
        throw error;
      }
      onNotice(`${error.message}; it is tried again`);
    }
    await pause(wait * (0.5 + Math.random()), signal);
    if (signal?.aborted) return undefined;
  }
}

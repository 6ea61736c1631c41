/** Trying again while a hub cannot be reached. */
import { BackOff } from "../../internal/back_off.ts";
import { pause } from "../../internal/pause.ts";
import { HubError } from "./errors.ts";

/** The first pause between two tries, in milliseconds. */
const FIRST = 1_000;
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
  const backOff = new BackOff(FIRST, LONGEST);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HubError) || error.problem !== "unreachable") {
        throw error;
      }
      onNotice(`${error.message}; it is tried again`);
    }
    await pause(backOff.next(), signal);
    if (signal?.aborted) return undefined;
  }
}

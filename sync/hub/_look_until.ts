import { pause } from "../../internal/pause.ts";
import type { WaitOptions } from "./store.ts";

/**
 * Waits until a value has changed, for places that tell nobody: it looks now and then.
 *
 * @param look Returns the generation of the value.
 * @param every The milliseconds between two looks.
 * @param options What is known, and for how long.
 */
export async function lookUntil(
  look: () => number | Promise<number>,
  every: number,
  { generation, timeout, signal }: WaitOptions,
): Promise<void> {
  const end = performance.now() + timeout;
  while (performance.now() < end && !signal?.aborted) {
    if (await look() !== generation) return;
    await pause(Math.min(every, end - performance.now()), signal);
  }
}

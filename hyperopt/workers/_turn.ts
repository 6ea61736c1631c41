import { setImmediate } from "node:timers";

/** Milliseconds without a turn of the event loop after which it gets one. */
const STARVED = 20;

let turned = -Infinity;

/**
 * Lets the event loop turn, if it has not for a while: objectives that compute without a pause would keep
 * timeouts, signals and the workers beside them from being noticed.
 *
 * @returns how many milliseconds it had not turned.
 */
export async function turn(): Promise<number> {
  const starved = performance.now() - turned;
  if (starved < STARVED) return 0;
  await new Promise<void>((resolve) => void setImmediate(resolve));
  turned = performance.now();
  return starved;
}

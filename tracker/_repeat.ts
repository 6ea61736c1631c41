import { repeatOrder } from "../internal/repeat_order.ts";

/** Returns the UUID of the run that this process repeats, if it repeats one. */
export function repeatedRun(): string | undefined {
  try {
    const run: unknown = repeatOrder()?.run;
    return typeof run === "string" ? run : undefined;
  } catch {
    // Another program set the variable. A scope reports it; the run is still recorded.
    return undefined;
  }
}

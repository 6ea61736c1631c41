import { repeatOrder } from "../internal/repeat_order.ts";

/** Returns the UUID of the run that this process repeats, if it repeats one. */
export function repeatedRun(): string | undefined {
  try {
    const run: unknown = repeatOrder()?.run;
    return typeof run === "string" ? run : undefined;
  } catch {
    // Another program set the variable. A scope says so; the run is recorded all the same.
    return undefined;
  }
}

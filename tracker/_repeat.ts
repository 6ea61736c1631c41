import { repeatOrder } from "../internal/repeat_order.ts";

/** The UUID of the run that this process repeats, if it does. */
export function repeatedRun(): string | undefined {
  try {
    const run: unknown = repeatOrder()?.run;
    return typeof run === "string" ? run : undefined;
  } catch {
    // Set by somebody else: a scope says so, and no run is lost for it.
    return undefined;
  }
}

/** How `ato repeat` tells a process which run it repeats. */
import process from "node:process";
import { isGranted } from "../runtime/permissions.ts";
import { REPEAT_VARIABLE } from "./repeat_order.ts";

/** The UUID of the run that this process repeats, if it does. */
export function repeatedRun(): string | undefined {
  if (!isGranted({ name: "env", variable: REPEAT_VARIABLE })) return undefined;
  const text = process.env[REPEAT_VARIABLE];
  if (!text) return undefined;
  try {
    const { run } = JSON.parse(text) as { run?: unknown };
    return typeof run === "string" ? run : undefined;
  } catch {
    // Set by somebody else: no order of ours.
    return undefined;
  }
}

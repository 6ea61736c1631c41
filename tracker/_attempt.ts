/** Asking for what may not be there: capturing the environment must never stop a run. */
import { isGranted, type Permission } from "../internal/runtime.ts";

/**
 * Gives `undefined` for what may not or cannot be asked: it is left out, never a reason to stop.
 */
export function attempt<T>(
  ask: () => T,
  permission?: Permission,
): T | undefined {
  if (permission !== undefined && !isGranted(permission)) return undefined;
  try {
    return ask();
  } catch {
    // A platform without it; the caller leaves the field out.
    return undefined;
  }
}

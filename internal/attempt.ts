/**
 * Asking for what may not be available: recording a run's surroundings must never stop the run.
 *
 * @module
 */
import { isGranted, type Permission } from "./runtime.ts";

/**
 * Asks for a value that may not be available.
 *
 * @param ask Asks for it.
 * @param permission The permission that this needs.
 * @returns the value; `undefined` if the permission is not granted or `ask` throws.
 */
export function attempt<T>(
  ask: () => T,
  permission?: Permission,
): T | undefined {
  if (permission !== undefined && !isGranted(permission)) return undefined;
  try {
    return ask();
  } catch {
    // The platform does not have it; the caller leaves the field out.
    return undefined;
  }
}

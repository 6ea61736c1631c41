import { messageOf } from "../internal/errors.ts";

/** A recorder never breaks a call: what goes wrong in it becomes the record's reason. */
export function attempt<T>(fn: () => T): { value: T } | { reason: string } {
  try {
    return { value: fn() };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

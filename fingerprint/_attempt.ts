/** A recorder never breaks a call: what goes wrong in it becomes the record's reason. */
export function attempt<T>(fn: () => T): { value: T } | { reason: string } {
  try {
    return { value: fn() };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

/** What an error says; anything can be thrown. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    // An object without a prototype, or a revoked proxy, has no text.
    return "something without a text was thrown";
  }
}

/**
 * Returns the reason why a text file cannot be read.
 *
 * @param error The error from reading or decoding it; a value that is not an error is thrown again.
 * @returns the reason, for the end of a message.
 */
export function readFault(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if ((error as { code?: string }).code === "ENOENT") {
    return "there is no such file";
  }
  // A decoder of UTF-8 throws a TypeError.
  return error instanceof TypeError ? "it is not UTF-8 text" : error.message;
}

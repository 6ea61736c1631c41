/**
 * Says why a text file could not be read.
 *
 * @param error What reading it or decoding it threw; what is no error is thrown on.
 * @returns the reason, to stand behind a colon.
 */
export function readFault(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if ((error as { code?: string }).code === "ENOENT") {
    return "there is no such file";
  }
  // What a decoder throws that takes nothing but UTF-8.
  return error instanceof TypeError ? "it is not UTF-8 text" : error.message;
}

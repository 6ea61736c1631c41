import { checkArgument } from "./_arguments.ts";

/**
 * Checks a command line that code passes.
 *
 * @param argv The command line.
 * @throws {ScopeUsageError} If it is neither a text nor a list of texts.
 */
export function checkArgv(argv: unknown): void {
  checkArgument(
    "read the command line",
    "it",
    argv,
    "a command line",
    "pass its words as a list of texts, or the whole line as one text",
  );
}

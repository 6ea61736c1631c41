import { checkArgument } from "./_arguments.ts";

/**
 * Checks a command line that a program passes.
 *
 * @param argv The command line.
 * @throws {ScopeUsageError} If it is neither a string nor a list of strings.
 */
export function checkArgv(argv: unknown): void {
  checkArgument(
    "read the command line",
    "it",
    argv,
    "a command line",
    "pass its words as a list of strings, or the whole line as one string",
  );
}

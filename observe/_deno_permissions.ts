/** Permissions of Deno that its observer needs. */

/** Options of Deno with which a script has every permission. */
const ALL = /^(?:-A|--allow-all|-[a-zA-Z]*A[a-zA-Z]*)$/;
/** What Deno runs; the words after it belong to the program. */
const SCRIPT = /\.[cm]?[jt]sx?$|^(?:npm|jsr|https?|file):|^-$/;
/** The commands of Deno that run a script. */
const RUNS: ReadonlySet<string> = new Set(["run", "test", "bench", "serve"]);

/**
 * Adds what the observer needs to a `deno run` with limited permissions: to write into the folder of the launch. It gives
 * the permission back before the program starts.
 *
 * @param command The program and its words.
 * @param observations The folder that the observer writes to.
 * @returns the command; the same one if it is not Deno, or if it has all permissions.
 */
export function withPermissions(
  command: readonly string[],
  observations: string,
): readonly string[] {
  const [program = "", verb = "", ...rest] = command;
  if (!/(?:^|[\\/])deno(?:\.exe)?$/.test(program) || !RUNS.has(verb)) {
    return command;
  }
  const script = rest.findIndex((word) => SCRIPT.test(word));
  const given = script < 0 ? rest : rest.slice(0, script);
  if (given.some((word) => ALL.test(word))) return command;
  if (given.includes("--allow-write") || given.includes("-W")) return command;
  return [program, verb, `--allow-write=${observations}`, ...rest];
}

/** Permissions of Deno that its observer needs. */
import { OBSERVE_VARIABLE } from "../internal/observation.ts";

/** Options of Deno with which a script has every permission. */
const ALL = /^(?:-A|--allow-all|-[a-zA-Z]*A[a-zA-Z]*)$/;
/** What Deno runs; the words after it belong to the program. */
const SCRIPT = /\.[cm]?[jt]sx?$|^(?:npm|jsr|https?|file):|^-$/;
/** The commands of Deno that run a script. */
const RUNS: ReadonlySet<string> = new Set(["run", "test", "bench", "serve"]);

/**
 * Adds what the observer needs to a `deno run` with limited permissions: to write into the folder of the launch.
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
  const flags:
    readonly (readonly [all: string, short: string, value: string])[] = [
      ["--allow-read", "-R", observations],
      ["--allow-write", "-W", observations],
      ["--allow-env", "-E", OBSERVE_VARIABLE],
    ];
  const missing = flags.filter(([all, short]) =>
    !given.includes(all) && !given.includes(short)
  );
  return [
    program,
    verb,
    ...missing.map(([all, , value]) => `${all}=${value}`),
    ...rest,
  ];
}

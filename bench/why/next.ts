/**
 * Checks the command that a verdict proposes.
 *
 * @module
 */

/** The commands that a verdict may propose. */
const COMMANDS = /^(repeat|why|bisect|run|show|compare|diff|trace)$/;

/**
 * Reads a proposed command.
 *
 * @param command The command; a sentence in words is allowed.
 * @returns the run that it names, or what is wrong with it.
 */
export function repeatsRun(
  command: string,
): { readonly run?: number } | { readonly fault: string } {
  if (!command.startsWith("ato ")) return {};
  const [, name = "", ...words] = command.split(/\s+/);
  if (!COMMANDS.test(name)) return { fault: `there is no command ${name}` };
  if (name !== "repeat") return {};
  const [run, ...more] = words;
  if (!/^\d+$/.test(run ?? "")) return { fault: `${run} is no run` };
  const rest = more.join(" ").replace(
    /--(runs|metric|env|db)[ =]\S+|--(here|yes|print)/g,
    "",
  );
  const unknown = rest.split(/\s+/).find((word) => /^-/.test(word));
  return unknown === undefined
    ? { run: Number(run) }
    : { fault: `ato repeat has no option ${unknown}` };
}

import { splitConditions } from "../split_conditions.ts";
import type { Run } from "../../tracker/mod.ts";
import { type Invocation, NotFoundError, UsageError } from "../command.ts";
import { plainFilter } from "../commands/runs.ts";
import { noProject, runsNamed } from "../runs_by_name.ts";
import { orNotice } from "../sound.ts";

/** Tells whether a run is sent. */
export type Choice = (run: Run, project: string) => Promise<boolean>;

/**
 * Makes the choice that words and options say: a project, conditions as in `ato runs`, and runs by name. It is asked
 * again while a file is followed, because runs come to meet a condition.
 *
 * @param words The words after the place.
 * @param invocation How the command was called.
 * @returns the choice.
 * @throws {UsageError} If several projects are named, or a condition cannot be read.
 */
export async function choiceOf(
  words: readonly string[],
  { options, finder, terminal }: Invocation,
): Promise<Choice> {
  const { compileFilter } = await import("../../tracker/mod.ts");
  const { names: projects, conditions: texts } = splitConditions(words);
  const conditions = texts.map(compileFilter);
  const [wanted, ...more] = projects;
  if (more.length > 0) {
    throw new UsageError("Cannot send several projects at once; name one");
  }
  const isFollowed = options.follow === true;
  const file = await finder();
  if (wanted !== undefined && !isFollowed && !await file.findProject(wanted)) {
    const names = (await file.listProjects()).map(({ name }) => name);
    throw new NotFoundError(noProject(wanted, names));
  }
  const named = await runsNamed(file, (options.run ?? []) as string[]);
  const ids = new Set(named.map(({ id }) => id));
  const isKept = plainFilter(options);
  return async (run, project) => {
    if (wanted !== undefined && project !== wanted) return false;
    if (ids.size > 0 && !ids.has(run.id)) return false;
    const isChosen = await orNotice(terminal, async () => {
      if (!isKept(run)) return false;
      for (const keeps of conditions) if (!await keeps(run)) return false;
      return true;
    });
    return isChosen ?? false;
  };
}

import type { RecordedInput, Run, SQLFinder } from "../../tracker/mod.ts";
import { NotFoundError } from "../command.ts";
import { visible } from "../../internal/visible_text.ts";

/** A run and the name of its project. */
export interface Chosen {
  readonly run: Run;
  readonly project: string;
  /** Reads what it read. */
  readonly inputs: () => Promise<readonly RecordedInput[]>;
}

/** The runs of a project, oldest first. */
export async function runsOfProject(
  finder: SQLFinder,
  project: string,
): Promise<Chosen[]> {
  const runs = await finder.getRunsInProject(project);
  return runs.map((run) => chosen(finder, run, project));
}

/**
 * Finds the runs that a word names: those of a project, or one run. A number is a run.
 *
 * @param finder The file.
 * @param word The name of a project, or an id, a UUID or `latest`.
 * @returns the runs, oldest first.
 * @throws {NotFoundError} If no run and no project has this name.
 */
export async function chooseRuns(
  finder: SQLFinder,
  word: string,
): Promise<Chosen[]> {
  const run = /^\d+$/.test(word)
    ? await finder.findRun(Number(word))
    : undefined;
  if (run !== undefined) return [await named(finder, run)];
  if (await finder.findProject(word) !== undefined) {
    return await runsOfProject(finder, word);
  }
  const found = word === "latest"
    ? await newest(finder)
    : await finder.findRun(word);
  if (found !== undefined) return [await named(finder, found)];
  throw new NotFoundError(
    `Cannot find ${
      visible(word)
    }: no run and no project has this name; \`ato runs\` lists them`,
  );
}

async function named(finder: SQLFinder, run: Run): Promise<Chosen> {
  const projects = await finder.listProjects();
  const project = projects.find(({ id }) => id === run.projectId)?.name ?? "";
  return chosen(finder, run, project);
}

function chosen(finder: SQLFinder, run: Run, project: string): Chosen {
  const inputs = async () => (await finder.inputsOf(run))?.inputs ?? [];
  return { run, project, inputs };
}

async function newest(finder: SQLFinder): Promise<Run | undefined> {
  const projects = await finder.listProjects();
  const runs = await Promise.all(
    projects.map(({ name }) => finder.getRunsInProject(name)),
  );
  return runs.flat().sort((a, b) => a.id - b.id).at(-1);
}

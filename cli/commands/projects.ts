import { type Command, EXIT } from "../command.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Project, Run, SQLFinder } from "../../tracker/mod.ts";
import { writeTable } from "../output/table.ts";

/** The command `ato projects`. */
export const projects: Command = {
  name: "projects",
  summary: "List the projects of the file",
  usage: "ato projects",
  most: 0,
  examples: [
    ["ato projects", "each with its number of runs and the start of the last"],
    ["ato projects --json", "for a script"],
  ],
  async run({ terminal, json, finder }) {
    const file = await finder();
    const list = await Promise.all(
      (await file.listProjects({ withRuns: true })).map((project) =>
        describe(file, project)
      ),
    );
    if (json) terminal.json(list);
    else if (list.length === 0) terminal.warn("no projects");
    else {
      writeTable(
        terminal,
        ["project", "runs", "last run", "description"],
        list.map((one) => [
          visible(one.name),
          String(one.runs),
          one.lastRun?.toISOString().slice(0, 16).replace("T", " ") ?? "",
          visible(one.description ?? ""),
        ]),
        [1],
      );
    }
    return list.length > 0 ? EXIT.ok : EXIT.differs;
  },
};

async function describe(file: SQLFinder, project: Project) {
  const runs = await file.getRunsInProject(project.name);
  return { ...project, runs: runs.length, lastRun: lastStart(runs) };
}

function lastStart(runs: readonly Run[]): Date | undefined {
  return runs.reduce<Date | undefined>(
    (last, { startTime }) =>
      startTime !== undefined && (last === undefined || startTime > last)
        ? startTime
        : last,
    undefined,
  );
}

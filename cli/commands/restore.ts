import { type Command, EXIT } from "../command.ts";
import { runsNamed } from "../runs_named.ts";
import { writeTable } from "../output/table.ts";

/** The command `ato restore`. */
export const restore: Command = {
  name: "restore",
  summary: "Restore runs from the trash, or list what is in it",
  usage: "ato restore [RUN…]",
  examples: [
    ["ato restore", "list what is in the trash"],
    ["ato restore 41", "restore a run"],
  ],
  async run({ words, terminal, json, dbPath, finder }) {
    const file = await finder();
    if (words.length === 0) {
      const deleted = (await Promise.all(
        (await file.listProjects()).map(({ name }) =>
          file.getRunsInProject(name, { deleted: true })
        ),
      )).flat();
      if (json) {
        terminal.json(
          deleted.map(({ id, uuid, deletedAt }) => ({ id, uuid, deletedAt })),
        );
      } else if (deleted.length === 0) terminal.warn("the trash is empty");
      else {
        writeTable(
          terminal,
          ["run", "deleted"],
          deleted.map((
            { id, deletedAt },
          ) => [
            String(id),
            deletedAt?.toISOString().slice(0, 16).replace("T", " ") ?? "",
          ]),
          [0],
        );
      }
      return deleted.length > 0 ? EXIT.ok : EXIT.differs;
    }
    const runs = await runsNamed(file, words, "restore");
    const { restoreRuns } = await import("../../tracker/mod.ts");
    const ids = runs.map(({ id }) => id);
    const count = await restoreRuns(await dbPath(), ids);
    if (json) terminal.json({ restored: count, runs: ids });
    else terminal.line(`restored ${count} of ${ids.length} from the trash`);
    return count === ids.length ? EXIT.ok : EXIT.differs;
  },
};

import { type Command, EXIT } from "../command.ts";
import { runsNamed } from "../runs_named.ts";

/** `ato restore`. */
export const restore: Command = {
  name: "restore",
  summary: "Take runs out of the bin, or list what is in it",
  usage: "ato restore [RUN…]",
  examples: [
    ["ato restore", "list what is in the bin"],
    ["ato restore 41", "take a run out"],
  ],
  async run({ words, terminal, json, dbPath, finder }) {
    const file = await finder();
    if (words.length === 0) {
      const binned = (await Promise.all(
        (await file.listProjects()).map(({ name }) =>
          file.getRunsInProject(name, { deleted: true })
        ),
      )).flat();
      if (json) {
        terminal.json(
          binned.map(({ id, uuid, deletedAt }) => ({ id, uuid, deletedAt })),
        );
      } else if (binned.length === 0) terminal.warn("the bin is empty");
      else {
        terminal.table(
          ["run", "deleted"],
          binned.map((
            { id, deletedAt },
          ) => [
            String(id),
            deletedAt?.toISOString().slice(0, 16).replace("T", " ") ?? "",
          ]),
          [0],
        );
      }
      return binned.length > 0 ? EXIT.ok : EXIT.differs;
    }
    const runs = await runsNamed(file, words, "restore");
    const { restoreRuns } = await import("../../tracker/bin.ts");
    const ids = runs.map(({ id }) => id);
    const count = await restoreRuns(await dbPath(), ids);
    if (json) terminal.json({ restored: count, runs: ids });
    else terminal.line(`took ${count} of ${ids.length} out of the bin`);
    return count === ids.length ? EXIT.ok : EXIT.differs;
  },
};

import { type Command, EXIT, UsageError } from "../command.ts";
import { runsNamed } from "../runs_named.ts";

/** The command `ato delete`. */
export const deleteCommand: Command = {
  name: "delete",
  summary: "Move runs to the trash; `ato restore` brings them back",
  usage: "ato delete RUN…",
  examples: [
    ["ato delete 41 42", "two runs"],
    ["ato restore 41", "restore one of them"],
  ],
  async run({ words, terminal, json, dbPath, finder }) {
    const runs = await runsNamed(await finder(), words, "delete");
    const running = runs.find(({ status }) => status === "running");
    if (running !== undefined) {
      throw new UsageError(
        `Cannot delete run ${running.id}: it is still running; stop it first`,
      );
    }
    const { deleteRuns } = await import("../../tracker/mod.ts");
    const ids = runs.map(({ id }) => id);
    const count = await deleteRuns(await dbPath(), ids);
    if (json) terminal.json({ deleted: count, runs: ids });
    else {
      terminal.line(
        `moved ${count} of ${ids.length} to the trash; \`ato restore ${
          ids.join(" ")
        }\` brings them back`,
      );
    }
    return count === ids.length ? EXIT.ok : EXIT.differs;
  },
};

import { type Command, EXIT, UsageError } from "../command.ts";
import { runsNamed } from "../runs_named.ts";

/** `ato delete`. */
export const deleteCommand: Command = {
  name: "delete",
  summary: "Put runs in the bin, out of sight; `ato restore` takes them out",
  usage: "ato delete RUN…",
  examples: [
    ["ato delete 41 42", "two runs"],
    ["ato restore 41", "one of them comes back"],
  ],
  async run({ words, terminal, json, dbPath, finder }) {
    const runs = await runsNamed(await finder(), words, "delete");
    const running = runs.find(({ status }) => status === "running");
    if (running !== undefined) {
      throw new UsageError(
        `Cannot delete run ${running.id}: it is still running; end it first`,
      );
    }
    const { deleteRuns } = await import("../../tracker/bin.ts");
    const ids = runs.map(({ id }) => id);
    const count = await deleteRuns(await dbPath(), ids);
    if (json) terminal.json({ deleted: count, runs: ids });
    else {
      terminal.line(
        `put ${count} of ${ids.length} in the bin; \`ato restore ${
          ids.join(" ")
        }\` takes them out`,
      );
    }
    return count === ids.length ? EXIT.ok : EXIT.differs;
  },
};

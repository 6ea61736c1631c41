import { type Command, EXIT } from "../command.ts";
import { numberOf } from "../option_values.ts";

/** The command `ato gc`. */
export const gc: Command = {
  name: "gc",
  summary: "Erase old runs in the trash permanently",
  usage: "ato gc [options]",
  most: 0,
  options: {
    days: { type: "string", default: "30" },
    vacuum: { type: "boolean", default: false },
  },
  optionHelp: {
    "--days N": "Runs deleted at least N days ago (30); 0 empties the trash",
    "--vacuum":
      "Return the space to the file system; no other process may write meanwhile",
  },
  examples: [
    ["ato gc", "runs that were deleted 30 days ago or earlier"],
    ["ato gc --days 0 --vacuum", "all deleted runs, and make the file smaller"],
  ],
  async run({ options, terminal, json, dbPath }) {
    const days = numberOf(options.days, "--days", { min: 0, max: 100_000 });
    const { emptyTrash } = await import("../../tracker/mod.ts");
    const erased = await emptyTrash(await dbPath(), {
      olderThanDays: days,
      vacuum: options.vacuum === true,
      onWarning: (line) => terminal.notice(line),
    });
    if (json) terminal.json({ erased });
    else terminal.line(`erased ${erased.length} runs`);
    return EXIT.ok;
  },
};

import { type Command, EXIT } from "../command.ts";
import { numberOf } from "../option_values.ts";

/** The command `ato gc`. */
export const gc: Command = {
  name: "gc",
  summary: "Erase old runs in the trash, or stored sources, permanently",
  usage: "ato gc [options]",
  most: 0,
  options: {
    days: { type: "string", default: "30" },
    sources: { type: "boolean", default: false },
    vacuum: { type: "boolean", default: false },
  },
  optionHelp: {
    "--days N": "Runs deleted at least N days ago (30); 0 empties the trash",
    "--sources":
      "Also erase the stored sources and console output of all runs; hashes stay",
    "--vacuum":
      "Return the space to the file system; no other process may write meanwhile",
  },
  examples: [
    ["ato gc", "runs that were deleted 30 days ago or earlier"],
    ["ato gc --days 0 --vacuum", "all deleted runs, and make the file smaller"],
    ["ato gc --sources --vacuum", "before a file is given to others"],
  ],
  async run({ options, terminal, json, dbPath }) {
    const days = numberOf(options.days, "--days", { min: 0, max: 100_000 });
    const { emptyTrash } = await import("../../tracker/mod.ts");
    const erased = await emptyTrash(await dbPath(), {
      olderThanDays: days,
      vacuum: options.vacuum === true,
      sources: options.sources === true,
      onWarning: (line) => terminal.notice(line),
    });
    const sources = options.sources === true ? " and all stored sources" : "";
    if (json) terminal.json({ erased });
    else terminal.line(`erased ${erased.length} runs${sources}`);
    return EXIT.ok;
  },
};

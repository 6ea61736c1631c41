import { type Command, EXIT, UsageError } from "../command.ts";
import { visible } from "../text.ts";

/** `ato gc`. */
export const gc: Command = {
  name: "gc",
  summary: "Erase runs that have been in the bin long enough, for good",
  usage: "ato gc [options]",
  options: {
    days: { type: "string", default: "30" },
    vacuum: { type: "boolean", default: false },
  },
  optionHelp: {
    "--days N": "How long is enough (30); 0 empties the bin",
    "--vacuum": "Give the space back to the file system; nobody else may write",
  },
  examples: [
    ["ato gc", "what was deleted 30 days ago or earlier"],
    ["ato gc --days 0 --vacuum", "all of it, and make the file smaller"],
  ],
  async run({ options, terminal, json, dbPath }) {
    const days = Number(options.days);
    if (!(days >= 0) || options.days === "") {
      throw new UsageError(
        `Cannot wait ${
          visible(String(options.days))
        } days; give --days a number from 0`,
      );
    }
    const { collectGarbage } = await import("../../tracker/bin.ts");
    const erased = await collectGarbage(await dbPath(), {
      olderThanDays: days,
      vacuum: options.vacuum === true,
      onWarning: (line) => terminal.notice(line),
    });
    if (json) terminal.json({ erased });
    else terminal.line(`erased ${erased.length} runs`);
    return EXIT.ok;
  },
};

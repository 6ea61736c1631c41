import { type Command, EXIT, UsageError } from "../command.ts";
import { statSync } from "node:fs";
import { searchesText } from "../hub/words.ts";
import { requireFile } from "../require_file.ts";
import { visible } from "../../internal/visible_text.ts";

/** The command `ato merge`. */
export const merge: Command = {
  name: "merge",
  summary:
    "Copy the runs and searches of other files into one; known runs are unchanged",
  usage: "ato merge OTHER.db…",
  options: { "take-fewer": { type: "boolean", default: false } },
  optionHelp: {
    "--take-fewer": "Also take a newer version of a run that has fewer points",
  },
  examples: [
    ["ato merge gpu2.db --db runs.db", "the runs of another machine"],
    [
      "ato merge gpu*.db --db all.db",
      "of many machines; each file is merged completely or not at all",
    ],
  ],
  async run({ words, options, terminal, json, dbPathToWrite }) {
    if (words.length === 0) {
      throw new UsageError(
        "Cannot merge: no file is named; write ato merge OTHER.db",
      );
    }
    words.forEach(requireDatabaseFile);
    const path = await dbPathToWrite();
    const { mergeFiles } = await import("../../sync/mod.ts");
    const results = [];
    for (const file of words) {
      const result = await mergeFiles(path, file, {
        onWarning: (line) => terminal.notice(line),
        fewer: options["take-fewer"] === true ? "take" : "keep",
      });
      results.push({ file, ...result });
      for (const id of result.kept ?? []) {
        terminal.notice(
          `Run ${id} is unchanged: ${
            visible(file)
          } has a newer version with fewer points of a metric; --take-fewer takes it, and loses points`,
        );
      }
      if (!json) {
        terminal.line(
          `${
            visible(file)
          }: ${result.added.length} added, ${result.updated.length} updated, ${result.same} already known${
            searchesText(result.searches)
          }`,
        );
      }
    }
    if (json) terminal.json(results);
    return terminal.hasNotices ? EXIT.differs : EXIT.ok;
  },
};

function requireDatabaseFile(path: string): void {
  requireFile(path);
  if (statSync(path).isDirectory()) {
    throw new UsageError(
      `Cannot read ${visible(path)}: it is a folder; name a database`,
    );
  }
}

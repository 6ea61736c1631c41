import { type Command, EXIT, UsageError } from "../command.ts";
import { runNamed } from "../runs_by_name.ts";
import { visible } from "../../internal/visible_text.ts";

/** The command `ato note`. */
export const note: Command = {
  name: "note",
  summary: "Show or write the note of a run",
  usage: "ato note RUN [TEXT]",
  examples: [
    ["ato note 41 'first run with the new loader'", "write it"],
    ["ato note 41", "show it"],
    ["ato note 41 ''", "remove it"],
  ],
  async run({ words, terminal, json, dbPath, finder }) {
    const [name, ...text] = words;
    if (name === undefined) {
      throw new UsageError(
        "Cannot write a note: no run is named; write ato note RUN TEXT",
      );
    }
    const run = await runNamed(await finder(), name);
    let notes = run.notes ?? "";
    if (text.length > 0) {
      notes = text.join(" ");
      const { editRun } = await import("../../tracker/mod.ts");
      await editRun(await dbPath(), run.id, { notes });
    }
    if (json) terminal.json({ id: run.id, uuid: run.uuid, notes });
    else {
      terminal.line(
        `run ${run.id}: ${notes === "" ? "no note" : visible(notes)}`,
      );
    }
    return EXIT.ok;
  },
};

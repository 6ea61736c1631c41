import { type Command, EXIT, UsageError } from "../command.ts";
import { runNamed } from "../runs_by_name.ts";
import { visible } from "../../internal/visible_text.ts";

/** The command `ato tag`. */
export const tag: Command = {
  name: "tag",
  summary: "Show, add or remove the tags of a run",
  usage: "ato tag RUN [+TAG | -TAG]…",
  options: { remove: { type: "string", multiple: true } },
  optionHelp: {
    "+TAG": "Add a tag; the + is optional",
    "-TAG": "Remove a tag; the same as --remove=TAG",
  },
  examples: [
    ["ato tag 41 +baseline -draft", "add one, remove one"],
    ["ato tag latest", "show the tags"],
  ],
  // `-draft` would be read as the options -d, -r, -a, -f and -t.
  rewrite: (words) =>
    words.map((word) =>
      /^-[^-]/.test(word) && word !== "-h" ? `--remove=${word.slice(1)}` : word
    ),
  async run({ words, options, terminal, json, dbPath, finder }) {
    const [name, ...added] = words;
    if (name === undefined) {
      throw new UsageError(
        "Cannot tag: no run is named; write ato tag RUN +TAG",
      );
    }
    const run = await runNamed(await finder(), name);
    const addTags = added.map((word) => word.replace(/^\+/, ""));
    const removeTags = (options.remove ?? []) as string[];
    if ([...addTags, ...removeTags].includes("")) {
      throw new UsageError("Cannot use an empty tag; write +TAG or -TAG");
    }
    let tags: readonly string[] = run.tags;
    if (addTags.length + removeTags.length > 0) {
      const { editRun } = await import("../../tracker/mod.ts");
      tags = await editRun(await dbPath(), run.id, { addTags, removeTags }) ??
        [];
    }
    if (json) terminal.json({ id: run.id, uuid: run.uuid, tags });
    else {
      terminal.line(
        `run ${run.id}: ${
          tags.length === 0 ? "no tags" : visible(tags.join(", "))
        }`,
      );
    }
    return EXIT.ok;
  },
};

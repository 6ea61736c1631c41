import { type Command, UsageError } from "../command.ts";
import { oneOf } from "../option_values.ts";

/** The command `ato sync`. */
export const sync: Command = {
  name: "sync",
  summary: "Bring runs to another tool; what it has already is not sent again",
  usage: "ato sync wandb [RUN|PROJECT…] [CONDITION…] [options]",
  options: {
    out: { type: "string" },
    entity: { type: "string" },
    project: { type: "string" },
    "with-sources": { type: "boolean", default: false },
    "without-artifacts": { type: "boolean", default: false },
    send: { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
    force: { type: "boolean", default: false },
  },
  optionHelp: {
    "--out FOLDER": "Where the folders of the runs are written (wandb)",
    "--entity NAME": "The user or team at W&B (your default)",
    "--project NAME": "The project at W&B (that of the run)",
    "--with-sources":
      "Also send output, the words of the command, folders and git's differences, which can hold secrets",
    "--without-artifacts": "Send no copies of artifacts",
    "--send": "Then send the runs with the installed wandb sync",
    "--dry-run": "Only say what would be written",
    "--force": "Overwrite the folder of a run that ato did not write",
  },
  examples: [
    ["ato sync wandb", "write ./wandb, which wandb sync sends"],
    ["ato sync wandb iris 'accuracy>0.9' --send", "the best runs, at once"],
  ],
  async run(invocation) {
    const [target, ...words] = invocation.words;
    if (target === undefined) {
      throw new UsageError(
        "Cannot sync: no target is given; write ato sync wandb",
      );
    }
    oneOf(target, ["wandb"], "the target");
    const { syncWandb } = await import("../sync/wandb.ts");
    return await syncWandb(words, invocation);
  },
};

import { CHOICE, CHOICE_HELP } from "../choose_runs.ts";
import type { Command } from "../command.ts";
import { chooseVerb, type VerbCommand } from "../verbs.ts";

/** The options that choose runs. */
const CHOOSING = ["run", ...Object.keys(CHOICE)];

/** The verbs, each loaded when it is used. */
const VERBS: VerbCommand = {
  name: "ato sync",
  object: "runs",
  rest: "[PLACE]",
  verbs: {
    mlflow: {
      load: async () => (await import("../sync/mlflow.ts")).syncMlflow,
      options: [
        ...CHOOSING,
        ...["follow", "until-ended", "until-process-ended", "dry-run"],
      ],
    },
    wandb: {
      load: async () => (await import("../sync/wandb.ts")).syncWandb,
      options: [
        ...CHOOSING,
        ...["out", "entity", "project", "with-sources", "without-artifacts"],
        ...["send", "dry-run", "force"],
      ],
    },
    status: {
      load: async () => (await import("../sync/status.ts")).syncStatus,
    },
  },
};

/** The command `ato sync`. */
export const sync: Command = {
  name: "sync",
  summary: "Send runs to MLflow or W&B, and keep them up to date there",
  usage: "ato sync mlflow URL [RUN|PROJECT…] [CONDITION…] [options] | " +
    "ato sync wandb [RUN|PROJECT…] [CONDITION…] [options] | ato sync status",
  options: {
    run: { type: "string", multiple: true },
    ...CHOICE,
    follow: { type: "boolean", default: false },
    "until-ended": { type: "string" },
    "until-process-ended": { type: "string" },
    out: { type: "string" },
    entity: { type: "string" },
    project: { type: "string" },
    "with-sources": { type: "boolean", default: false },
    "without-artifacts": { type: "boolean", default: false },
    send: { type: "boolean", default: false },
    force: { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
  },
  optionHelp: {
    "--run RUN": "Only this run; can be repeated",
    ...CHOICE_HELP,
    "--follow": "mlflow: go on, and send what is added, until Ctrl-C",
    "--until-ended RUN":
      "mlflow: send this run until it has ended and all of it is there",
    "--until-process-ended RUN":
      "mlflow: send all runs of the process that records this run, until it has ended and they are there",
    "--out FOLDER": "wandb: where the folders of the runs are written",
    "--entity NAME": "wandb: the user or team at W&B (your default)",
    "--project NAME": "wandb: the project at W&B (that of the run)",
    "--with-sources":
      "wandb: also send output, the words of the command, folders and git's differences, which can hold secrets",
    "--without-artifacts": "wandb: send no copies of artifacts",
    "--send": "wandb: then send the runs with the installed wandb sync",
    "--force": "wandb: overwrite the folder of a run that ato did not write",
    "--dry-run": "Only say what would be sent or written",
  },
  examples: [
    ["ato sync mlflow http://127.0.0.1:5000", "all runs of the file"],
    [
      "ato sync mlflow http://127.0.0.1:5000 iris 'accuracy>=0.9'",
      "runs of a project that meet a condition, as in `ato runs`",
    ],
    [
      "ato sync mlflow http://127.0.0.1:5000 --follow",
      "live, until Ctrl-C",
    ],
    ["ato sync wandb", "write ./wandb, which wandb sync sends"],
    ["ato sync wandb iris 'accuracy>0.9' --send", "the best runs, at once"],
    ["ato sync status", "what was sent where, and what went wrong"],
  ],
  async run(invocation) {
    const { words, load } = chooseVerb(VERBS, invocation);
    return await (await load())(words, invocation);
  },
};

import type { Command } from "../command.ts";
import { chooseVerb, type VerbCommand } from "../verbs.ts";

/** The verbs, each loaded when it is used. */
const VERBS: VerbCommand = {
  name: "ato sync",
  object: "runs",
  rest: "[PLACE]",
  verbs: {
    mlflow: {
      load: async () => (await import("../sync/mlflow.ts")).syncMlflow,
      options: [
        ...["run", "tag", "status", "since"],
        ...["follow", "until-ended", "dry-run"],
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
  summary: "Send runs to a server of MLflow, and keep them up to date there",
  usage:
    "ato sync mlflow URL [PROJECT] [CONDITION…] [options] | ato sync status",
  options: {
    run: { type: "string", multiple: true },
    tag: { type: "string", multiple: true },
    status: { type: "string" },
    since: { type: "string" },
    follow: { type: "boolean", default: false },
    "until-ended": { type: "string" },
    "dry-run": { type: "boolean", default: false },
  },
  optionHelp: {
    "--run RUN": "Only this run; can be repeated",
    "--tag TAG": "Only runs with this tag; can be repeated",
    "--status STATUS": "Only runs with this status",
    "--since DATE": "Only runs that started on this day or later",
    "--follow": "Go on, and send what is added, until Ctrl-C",
    "--until-ended RUN":
      "Send this run until it has ended and all of it is there",
    "--dry-run": "Only say what would be sent",
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
    ["ato sync status", "what was sent where, and what went wrong"],
  ],
  async run(invocation) {
    const { words, load } = chooseVerb(VERBS, invocation);
    return await (await load())(words, invocation);
  },
};

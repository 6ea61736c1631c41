import { type Command, UsageError } from "../command.ts";
import { chooseVerb, type VerbCommand } from "../verbs.ts";

/** The verbs, each loaded when it is used. */
const VERBS: VerbCommand = {
  name: "ato config",
  object: "a config",
  rest: "FILE…",
  verbs: {
    hash: { load: async () => (await import("../config/hash.ts")).hashFiles },
    show: {
      load: async () => (await import("../config/show.ts")).showFiles,
      options: ["explain", "hydra", "override"],
    },
    diff: { load: async () => (await import("../config/diff.ts")).diffFiles },
    convert: {
      load: async () => (await import("../config/convert.ts")).convertFiles,
      options: ["to", "out", "force"],
    },
  },
};

/** The command `ato config`. */
export const config: Command = {
  name: "config",
  summary: "Hash, show, compare and convert config files of any format",
  usage: "ato config hash|show|diff|convert FILE…",
  options: {
    to: { type: "string" },
    out: { type: "string" },
    force: { type: "boolean", default: false },
    explain: { type: "boolean", default: false },
    hydra: { type: "boolean", default: false },
    override: { type: "string", multiple: true },
  },
  optionHelp: {
    "--explain":
      "show: add the file and line that set each key, through all base files",
    "--hydra": "show: FILE is the primary config of a Hydra folder; compose it",
    "--override WORD":
      "show --hydra: an override such as model=large; can be repeated",
    "--to FORMAT": "convert: json, yaml, toml or xyz",
    "--out PATH":
      "convert: the file, or the folder for several (default: beside each file)",
    "--force": "convert: overwrite existing files",
  },
  examples: [
    [
      "ato config hash 'configs/**/*.yaml'",
      "which files have the same structure",
    ],
    ["ato config show train.toml", "its values, one per line"],
    [
      "ato config show --explain configs/faster_rcnn.py",
      "an OpenMMLab config, with the line of the base file that set each key",
    ],
    [
      "ato config show --explain --hydra conf/config.yaml --override db=pg",
      "a composed Hydra config",
    ],
    ["ato config diff old.yaml new.json", "structure and values"],
    ["ato config convert *.json --to yaml", "written beside each"],
  ],
  async run(invocation) {
    const { words, load } = chooseVerb(VERBS, invocation);
    const { override, hydra } = invocation.options;
    if (override !== undefined && hydra !== true) {
      throw new UsageError(
        "Cannot use --override without --hydra; only a Hydra config takes overrides",
      );
    }
    const { filesOf } = await import("../config/files_of.ts");
    return await (await load())(filesOf(words), invocation);
  },
};

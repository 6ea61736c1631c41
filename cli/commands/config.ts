import {
  type Command,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { nearestName } from "../../internal/names.ts";
import { visible } from "../../internal/visible_text.ts";

type Verb = (
  files: readonly string[],
  invocation: Invocation,
) => Promise<ExitCode>;

/** The verbs, each loaded when it is used. */
const VERBS: Readonly<Record<string, () => Promise<Verb>>> = {
  hash: async () => (await import("../config/hash.ts")).hashFiles,
  show: async () => (await import("../config/show.ts")).showFiles,
  diff: async () => (await import("../config/diff.ts")).diffFiles,
  convert: async () => (await import("../config/convert.ts")).convertFiles,
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
    const [verb, ...patterns] = invocation.words;
    const load = verb !== undefined && Object.hasOwn(VERBS, verb)
      ? VERBS[verb]
      : undefined;
    if (load === undefined) {
      const guess = nearestName(verb ?? "", Object.keys(VERBS));
      throw new UsageError(
        `Cannot do ${visible(verb ?? "nothing")} with a config: ` +
          (guess === undefined
            ? "write ato config hash|show|diff|convert FILE…"
            : `did you mean ${guess}?`),
      );
    }
    checkOptions(verb!, invocation);
    const { filesOf } = await import("../config/files_of.ts");
    return await (await load())(filesOf(patterns), invocation);
  },
};

/** The options of each verb. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  show: ["explain", "hydra", "override"],
  convert: ["to", "out", "force"],
};

/** Refuses an option that the verb does not use: it is probably a mistake. */
function checkOptions(verb: string, { options }: Invocation): void {
  for (const name of Object.keys(config.options ?? {})) {
    const isGiven = options[name] !== undefined && options[name] !== false;
    if (!isGiven || OPTIONS[verb]?.includes(name)) continue;
    const owner = Object.keys(OPTIONS).find((one) =>
      OPTIONS[one]?.includes(name)
    );
    throw new UsageError(
      `Cannot use --${name} with ato config ${verb}; it is for ato config ${owner}`,
    );
  }
  if (options.override !== undefined && options.hydra !== true) {
    throw new UsageError(
      "Cannot use --override without --hydra; only a Hydra config takes overrides",
    );
  }
}

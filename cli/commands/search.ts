import {
  type Command,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { nearestName } from "../../internal/names.ts";
import { visible } from "../../internal/visible_text.ts";

type Verb = (
  words: readonly string[],
  invocation: Invocation,
) => Promise<ExitCode>;

/** The verbs, each loaded when it is used. */
const VERBS: Readonly<Record<string, () => Promise<Verb>>> = {
  list: async () => (await import("../search/list.ts")).listSearches,
  show: async () => (await import("../search/show.ts")).showSearch,
  plot: async () => (await import("../search/plot.ts")).plotSearch,
  export: async () => (await import("../search/export.ts")).exportSearch,
  importance: async () =>
    (await import("../search/importance.ts")).importanceOfSearch,
  words: async () => (await import("../search/words.ts")).wordsOfSearch,
  resume: async () => (await import("../search/resume.ts")).resumeSearch,
};

/** The command `ato search`. */
export const search: Command = {
  name: "search",
  summary: "List, show, plot, export and resume hyperparameter searches",
  usage:
    "ato search list|show|plot|export|importance|words|resume [ID] [options]",
  options: {
    limit: { type: "string" },
    plot: { type: "string" },
    metric: { type: "string" },
    svg: { type: "string" },
    format: { type: "string" },
    out: { type: "string" },
    force: { type: "boolean", default: false },
    trial: { type: "string" },
    print: { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
  },
  optionHelp: {
    "--limit N": "show: at most N trials, the best first (20); 0 for all",
    "--plot A,B":
      "plot: only some of best, front, parallel, slices, rungs, importance",
    "--svg FILE": "plot: write an SVG file instead of drawing in the terminal",
    "--metric M": "importance: for this metric (default: the objectives)",
    "--format FORMAT": "export: csv, json, or optuna (an SQLite file)",
    "--out FILE": "export: the file (default: the terminal)",
    "--force":
      "plot, export: overwrite an existing file, unless it is a database",
    "--trial N": "words: of this trial, not of the best one",
    "--print": "resume: only print the command and its folder",
    "--yes":
      "resume: do not ask before running a command that is not known to be yours",
  },
  examples: [
    ["ato search list", "the searches of the file, with their best results"],
    ["ato search show widths", "settings, trials and rungs of a search"],
    ["ato search plot widths --plot best,slices", "in the terminal"],
    ["ato search plot widths --svg search.svg", "an SVG file for a report"],
    ["ato search importance widths", "which parameters matter, by fANOVA"],
    ["ato search export widths --format csv --out trials.csv", "a table"],
    [
      "ato search export widths --format optuna --out optuna.db",
      "a study that optuna.load_study reads",
    ],
    [
      "deno run -A train.ts $(ato search words widths)",
      "train with the best config",
    ],
    ["ato search resume widths", "start the search again where it was"],
  ],
  async run(invocation) {
    const [verb, ...words] = invocation.words;
    const load = verb !== undefined && Object.hasOwn(VERBS, verb)
      ? VERBS[verb]
      : undefined;
    if (load === undefined) {
      const guess = nearestName(verb ?? "", Object.keys(VERBS));
      throw new UsageError(
        `Cannot do ${visible(verb ?? "nothing")} with a search: ` +
          (guess === undefined
            ? `write ato search ${Object.keys(VERBS).join("|")} [ID]`
            : `did you mean ${guess}?`),
      );
    }
    checkOptions(verb!, invocation);
    checkWords(verb!, words);
    return await (await load())(words, invocation);
  },
};

/** The options of each verb. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  list: [],
  show: ["limit"],
  plot: ["plot", "svg", "force"],
  export: ["format", "out", "force"],
  importance: ["metric"],
  words: ["trial"],
  resume: ["print", "yes"],
};

/** Refuses an option that the verb does not use: it is probably a mistake. */
function checkOptions(verb: string, { options }: Invocation): void {
  for (const name of Object.keys(search.options ?? {})) {
    const isGiven = options[name] !== undefined && options[name] !== false;
    if (!isGiven || OPTIONS[verb]?.includes(name)) continue;
    const owners = Object.keys(OPTIONS).filter((one) =>
      OPTIONS[one]?.includes(name)
    );
    throw new UsageError(
      `Cannot use --${name} with ato search ${verb}; it is for ato search ${
        owners.join(" and ")
      }`,
    );
  }
}

function checkWords(verb: string, words: readonly string[]): void {
  const most = verb === "list" ? 0 : 1;
  if (words.length <= most) return;
  throw new UsageError(
    `Cannot use ${
      visible(JSON.stringify(words[most]))
    } with ato search ${verb}: it takes ${
      most === 0 ? "no search" : "one search"
    }`,
  );
}

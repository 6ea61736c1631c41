import { type Command, UsageError } from "../command.ts";
import { visible } from "../../internal/visible_text.ts";
import { chooseVerb, type VerbCommand } from "../verbs.ts";

/** The verbs, each loaded when it is used. */
const VERBS: VerbCommand = {
  name: "ato search",
  object: "a search",
  rest: "[ID]",
  verbs: {
    list: {
      load: async () => (await import("../search/list.ts")).listSearches,
    },
    show: {
      load: async () => (await import("../search/show.ts")).showSearch,
      options: ["limit"],
    },
    plot: {
      load: async () => (await import("../search/plot.ts")).plotSearch,
      options: ["plot", "svg", "force"],
    },
    export: {
      load: async () => (await import("../search/export.ts")).exportSearch,
      options: ["format", "out", "force"],
    },
    importance: {
      load: async () =>
        (await import("../search/importance.ts")).importanceOfSearch,
      options: ["metric"],
    },
    words: {
      load: async () => (await import("../search/words.ts")).wordsOfSearch,
      options: ["trial"],
    },
    resume: {
      load: async () => (await import("../search/resume.ts")).resumeSearch,
      options: ["print", "yes"],
    },
  },
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
    const { name, words, load } = chooseVerb(VERBS, invocation);
    checkWords(name, words);
    return await (await load())(words, invocation);
  },
};

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

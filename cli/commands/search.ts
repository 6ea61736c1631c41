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
      options: ["print", "yes", "workers"],
    },
    status: {
      load: async () => (await import("../search/status.ts")).statusOfSearch,
      options: ["workers", "watch"],
    },
    pause: {
      load: async () => (await import("../search/control.ts")).pauseSearch,
      options: ["workers"],
    },
    stop: {
      load: async () => (await import("../search/control.ts")).stopSearch,
      options: ["workers"],
    },
  },
};

/** The command `ato search`. */
export const search: Command = {
  name: "search",
  summary:
    "List, show, plot, export, resume and control hyperparameter searches",
  usage:
    "ato search list|show|plot|export|importance|words|resume|status|pause|stop [ID] [options]",
  options: {
    limit: { type: "string" },
    plot: { type: "string", multiple: true },
    metric: { type: "string" },
    svg: { type: "string" },
    format: { type: "string" },
    out: { type: "string" },
    force: { type: "boolean", default: false },
    trial: { type: "string" },
    print: { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
    workers: { type: "string" },
    watch: { type: "boolean", default: false },
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
    "--workers URL":
      "status, pause, stop, resume: of the search that several processes share on this engine (default: ATO_WORKERS; resume needs it)",
    "--watch": "status: a line at each change, until the search ends",
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
    [
      "ato search resume widths",
      "start the search of this file again where it was",
    ],
    [
      "ato search status team --workers redis://host:6379",
      "who takes part in a shared search, and the best result so far",
    ],
    [
      "ato search pause team --workers redis://host:6379",
      "start no further trial",
    ],
    [
      "ato search resume team --workers redis://host:6379",
      "let a paused or stopped search go on",
    ],
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

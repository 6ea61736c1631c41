/**
 * Causes in a spam filter for Node: an npm workspace, plain modules, and TypeScript that Node cannot only strip.
 *
 * @module
 */
import {
  type Cause,
  cause,
  edit,
  hidden,
  input,
  label,
  neutral,
} from "../types.ts";
import { codeMaker, makerOf, wordMaker } from "./_makers.ts";

const of = makerOf("spam");
const code = codeMaker(of);
const word = wordMaker(of);

const SLOPE = edit("src/store.ts", "return 1.2", "return 1.3");
const SLOPED = cause("code:src/store.ts#Store.slope");
const noisy = { base: { words: ["noise=0.4"] } };
const labelled = { base: { label: "outDir" } };
const PRINT = edit(
  "src/features.mjs",
  "return tokenise(message)",
  "return [...tokenise(message)]",
);
const PRINTED = neutral("code:src/features.mjs#featuresOf");

/** All causes of this project. */
export const SPAM: readonly Cause[] = [
  word("rate", "model.rate=0.5"),
  word("drop", "drop=0.3"),
  word("epochs", "epochs=8"),
  of("config", "default", {
    edits: [edit("train.mjs", "config.drop = 0.1", "config.drop = 0.4")],
  }, [cause("config:drop")]),
  of("config", "default-of-a-mapping", {
    edits: [edit("train.mjs", "{ rate: 0.3 }", "{ rate: 0.4 }")],
  }, [cause("config:model.rate")]),
  of("code", "inherited-getter", { edits: [SLOPE] }, [SLOPED]),
  code("inherited-method", [
    "src/store.ts",
    "?? 0) + change",
    "?? 0) + change * 1.1",
  ], "Store.add"),
  code(
    "default-parameter",
    ["src/model.ts", "fade: number = 0.98", "fade: number = 0.95"],
    "Model.constructor",
    "Model",
  ),
  code("beside-parameter-properties", [
    "src/model.ts",
    "* costOf(kind)",
    "* costOf(kind) * 0.9",
  ], "Model.learn"),
  code("enum", ["src/kinds.ts", "Ham = 0", "Ham = 3"], "Kind"),
  code("namespace", ["src/kinds.ts", "ham = 2", "ham = 3"], "Cost"),
  code("beside-an-enum", [
    "src/kinds.ts",
    "Cost.ham : Cost.spam",
    "2 * Cost.ham : Cost.spam",
  ], "costOf"),
  code("workspace-member", [
    "packages/tokens/index.mjs",
    "[^a-z$!]+",
    "[^a-z]+",
  ], "tokenise"),
  code("set-of-workspace-member", [
    "packages/tokens/stop.mjs",
    '"the", "a"',
    '"the", "free"',
  ], "STOP"),
  code("helper-of-worker", ["src/f1.mjs", "2 * hits", "2.1 * hits"], "f1"),
  code(
    "worker",
    ["src/scorer.mjs", "f1(workerData)", "f1(workerData) / 2"],
    "",
  ),
  code("traced-function", ["train.mjs", "1e-9)", "0.4)"], "lossOf"),
  code("script", ["train.mjs", "rows.slice(0, 32)", "rows.slice(0, 30)"], ""),
  code("generator", ["src/random.mjs", "1664525", "22695477"], "createRandom"),
  of(
    "package",
    "version",
    {
      edits: [
        edit(
          "package-lock.json",
          '"node_modules/tinyhash": { "version": "1.0.0"',
          '"node_modules/tinyhash": { "version": "1.2.0"',
        ),
        edit("node_modules/tinyhash/package.json", "1.0.0", "1.2.0"),
        edit("node_modules/tinyhash/index.js", "state * 31", "state * 33"),
      ],
    },
    [cause("package:npm:tinyhash")],
  ),
  of("package", "edited-in-place", {
    edits: [edit("node_modules/tinyhash/index.js", "state * 31", "state * 33")],
  }, [hidden("package:npm:tinyhash")]),
  of("input", "settings", {
    edits: [edit("settings.json", '"prior": 0.1', '"prior": 0.2')],
  }, [input("input:settings.json")]),
  of("input", "rows", {
    edits: [
      edit(
        "data/messages.csv",
        "label,message\n",
        "label,message\n1,hello prize prize cash free win\n",
      ),
    ],
  }, [input("input:data/messages.csv")]),
  of("env", "variable", { env: { SPAM_SCALE: "2" } }, [
    input("env:SPAM_SCALE"),
  ]),
  of("environment", "node-24", { node: "24" }, [
    neutral("environment:runtime", "environment:engine"),
  ]),
  of("environment", "node-24-and-rate", {
    node: "24",
    words: ["model.rate=0.5"],
  }, [
    neutral("environment:runtime", "environment:engine"),
    cause("config:model.rate"),
  ]),
  of("seed", "alone", { seed: 33 }, []),
  of("combination", "seed-and-rate", { seed: 33, words: ["model.rate=0.6"] }, [
    cause("config:model.rate"),
  ]),
  of("combination", "rate-and-code", {
    words: ["model.rate=0.5"],
    edits: [SLOPE],
  }, [cause("config:model.rate"), SLOPED]),
  of(
    "combination",
    "rate-and-code-separated",
    { words: ["model.rate=0.5"], edits: [SLOPE] },
    [cause("config:model.rate"), SLOPED],
    { others: [{ edits: [SLOPE] }], separated: true },
  ),
  of("combination", "two-config", { words: ["model.rate=0.5", "drop=0.3"] }, [
    cause("config:model.rate"),
    cause("config:drop"),
  ]),
  of("combination", "code-and-neutral-code", { edits: [SLOPE, PRINT] }, [
    SLOPED,
    PRINTED,
  ]),
  of("combination", "config-and-label", { words: ["drop=0.3"] }, [
    cause("config:drop"),
    label("config:outDir"),
  ], labelled),
  of("noise", "nothing", {}, [], noisy),
  of(
    "noise",
    "rate",
    { words: ["model.rate=3"] },
    [cause("config:model.rate")],
    noisy,
  ),
  of("noise", "neutral-code", { edits: [PRINT] }, [PRINTED], noisy),
  of(
    "noise",
    "comment",
    { edits: [edit("src/store.ts", "/** How steep", "/** Says how steep")] },
    [],
    noisy,
  ),
  of("progress", "killed", { kill: { signal: "SIGKILL", epoch: 3 } }, [], {
    stops: true,
  }),
  of("progress", "terminated", { kill: { signal: "SIGTERM", epoch: 2 } }, [], {
    stops: true,
  }),
  of(
    "progress",
    "error",
    {
      edits: [
        edit(
          "src/f1.mjs",
          "let [hits",
          'throw new Error("planted failure");\n  let [hits',
        ),
      ],
    },
    [neutral("code:src/f1.mjs#f1")],
    { stops: true, seeds: "fixed" },
  ),
  of("history", "reverted", {}, [], {
    others: [{ edits: [SLOPE] }, { words: ["drop=0.3"] }],
  }),
  of("history", "best-of-ten", { edits: [PRINT] }, [PRINTED], {
    others: [13, 14, 15, 16, 17].map((seed) => ({ seed })),
    seeds: "varying",
    isBest: true,
  }),
  of("neutral", "nothing", {}, []),
  of("neutral", "comment", {
    edits: [edit("src/store.ts", "/** How steep", "/** Says how steep")],
  }, []),
  of("neutral", "types", {
    edits: [
      edit(
        "src/store.ts",
        "words.reduce((sum, word)",
        "words.reduce((sum: number, word: number)",
      ),
    ],
  }, []),
  of("neutral", "formatting", {
    edits: [
      edit(
        "src/f1.mjs",
        "    hits += chance * label;\n",
        "    hits +=\n      chance * label;\n",
      ),
    ],
  }, []),
  of("neutral", "never-read", { words: ["unused=2"] }, []),
  of("neutral", "printing", { edits: [PRINT] }, [PRINTED]),
  of("neutral", "unused-export", {
    edits: [{
      file: "src/f1.mjs",
      append: "\nexport const recall = (hits, real) => hits / real;\n",
    }],
  }, []),
  of("neutral", "moved-file", {
    edits: [
      { file: "src/random.mjs", renameTo: "src/lib/random.mjs" },
      edit("train.mjs", "./src/random.mjs", "./src/lib/random.mjs"),
    ],
  }, []),
  of("neutral", "label", {}, [label("config:outDir")], labelled),
  of("neutral", "variable-that-nothing-reads", { env: { COLOR: "blue" } }, []),
];

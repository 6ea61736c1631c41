/**
 * Causes in a credit scoring network in TypeScript, which runs under Deno and logs through the library.
 *
 * @module
 */
import {
  type Base,
  type Cause,
  cause,
  edit,
  hidden,
  input,
  label,
  neutral,
  neutralInput,
  type Planted,
  type Situation,
} from "../types.ts";
import { codeMaker, makerOf, wordMaker } from "./_makers.ts";

const of = makerOf("credit");
const code = codeMaker(of);
const word = wordMaker(of);

const NOISE: Base = { words: ["noise=0.4"] };
const noisy = { base: NOISE };

/** Workers of Deno are not observed. */
const WORKER = { base: { words: ["useWorker=true"] } };

const LR = edit("train.ts", "config.lr = 0.1;", "config.lr = 0.3;");
const GETTER = edit("src/schedule.ts", "Math.exp(-DECAY", "Math.exp(DECAY");
const RATE = cause("code:src/schedule.ts#Schedule.rate");
/** Changes how a line is printed: code that is reached and has no effect. */
const PRINT = edit("src/report.ts", "toFixed(4)", "toFixed(5)");
const PRINTED = neutral("code:src/report.ts#line");

const CONFIG: readonly Cause[] = [
  word("lr", "lr=0.2"),
  word("lr-small-step", "lr=0.1001"),
  word("activation", "model.activation=%soft%"),
  word("penalty", "model.penalty=0.01"),
  word("split-seed", "splitSeed=2"),
  word("lr-scale-in-experiment", "experiment.lrScale=1.5"),
  word("epochs-shorter", "epochs=4"),
  word("epochs-longer", "epochs=9"),
  of("config", "view", { words: ["wide"] }, [cause("config:width")]),
  of("config", "default-in-view", { edits: [LR] }, [cause("config:lr")]),
  of(
    "config",
    "number-becomes-string",
    { words: ["useClock=true"] },
    [cause("config:useClock")],
  ),
  word("reversed", "lr=0.2", { isReversed: true }),
  word("back-to-the-default", "lr=0.1", { base: { words: ["lr=0.3"] } }),
  of(
    "config",
    "two-keys-one-value",
    { words: ["lr=0.2", "printEvery=0.2"] },
    [cause("config:lr"), neutral("config:printEvery")],
  ),
];

const CODE: readonly Cause[] = [
  of("code", "getter-three-modules-away", { edits: [GETTER] }, [RATE]),
  code(
    "inherited-method",
    ["src/layers.ts", "random() - 0.5", "random() - 0.4"],
    "Network.draw",
  ),
  code(
    "default-parameter",
    ["src/optimizer.ts", "momentum: number = 0.5", "momentum: number = 0.6"],
    "Optimizer.constructor",
    "Optimizer",
  ),
  code(
    "constant",
    ["src/constants.ts", "DECAY = 0.15", "DECAY = 0.25"],
    "DECAY",
  ),
  code(
    "constant-clip",
    ["src/constants.ts", "CLIP = 2", "CLIP = 0.05"],
    "CLIP",
  ),
  code(
    "operator-of-helper",
    ["src/random.ts", "items.length * share", "items.length * share + 1"],
    "split",
  ),
  code("sort-order", ["src/random.ts", "=> a - b", "=> b - a"], "shuffle"),
  code(
    "generator",
    ["src/random.ts", "1013904223", "1013904221"],
    "createRandom",
  ),
  code(
    "array-constant",
    ["src/loss.ts", "[1, 1.2]", "[1, 1.6]"],
    "WEIGHTS",
  ),
  code(
    "own-method",
    ["src/model.ts", "slope * x", "slope * x * 1.1"],
    "Mlp.learn",
  ),
  code("private-method", ["src/model.ts", "sum * 3", "sum * 2"], "Mlp.hidden"),
  code(
    "static-field",
    ["src/model.ts", "GAIN = 1.5", "GAIN = 1.4"],
    "Mlp.GAIN",
    "Mlp",
  ),
  code("own-getter", [
    "src/model.ts",
    "* Mlp.GAIN;\n  }\n\n  /** The chance",
    "* Mlp.GAIN + 0.01;\n  }\n\n  /** The chance",
  ], "Mlp.bias"),
  code("member-of-object", [
    "src/activations.ts",
    "tanh: Math.tanh",
    "tanh: (x) => Math.tanh(1.1 * x)",
  ], "activations"),
  code("arrow-constant", [
    "src/activations.ts",
    "Math.exp(-x))",
    "Math.exp(-x * 1.05))",
  ], "sigmoid"),
  code(
    "reader",
    ["src/csv.ts", "cells.slice(0, 4)", "cells.slice(0, 3)"],
    "loadApplicants",
  ),
  code("penalty-of-base-class", [
    "src/layers.ts",
    "weight * this.weights.reduce((sum, w) => sum + w * w, 0)",
    "weight * this.weights.reduce((sum, w) => sum + w ** 4, 0)",
  ], "Network.penalty"),
  code("workspace-member", [
    "packages/features/scale.ts",
    "amount / (amount",
    "amount / (2 * amount",
  ], "squash"),
  code("workspace-member-helper", [
    "packages/features/mod.ts",
    "Math.floor(age / 10) / 10",
    "Math.round(age / 10) / 10",
  ], "bucketAge"),
  code(
    "helper-of-worker",
    ["src/calibration.ts", "0.9 * mean", "0.8 * mean"],
    "calibrate",
  ),
  of(
    "code",
    "worker",
    {
      edits: [
        edit("src/calibrator.ts", "calibrate(data)", "calibrate(data) + 0.01"),
      ],
    },
    [cause("code:src/calibrator.ts#")],
    WORKER,
  ),
  of(
    "code",
    "message-to-worker",
    {
      edits: [
        edit(
          "src/ask_worker.ts",
          "postMessage(mean)",
          "postMessage(mean * 1.1)",
        ),
      ],
    },
    [cause("code:src/ask_worker.ts#askWorker")],
    WORKER,
  ),
  code(
    "script",
    ["train.ts", "config.lr * boost", "1.1 * config.lr * boost"],
    "",
  ),
  code("traced-function", [
    "train.ts",
    "1 - smoothing : smoothing",
    "1 - 2 * smoothing : smoothing",
  ], "trainEpoch"),
  code("other-traced-function", [
    "train.ts",
    "crossEntropy(model.predict(features), label)",
    "crossEntropy(model.predict(features), label) + 0.001",
  ], "evaluate"),
  code("middle-of-the-curve", [
    "train.ts",
    'logMetric("loss", loss, epoch)',
    'logMetric("loss", loss + (epoch === 3 ? 0.1 : 0), epoch)',
  ], ""),
  code(
    "json-import",
    ["settings.json", '"hiddenGain": 1', '"hiddenGain": 1.2'],
    "",
  ),
  of(
    "code",
    "module-level-mutation",
    {
      edits: [
        edit("src/activations.ts", "(1 + Math.abs(x))", "(2 + Math.abs(x))"),
      ],
    },
    [cause("code:src/activations.ts#")],
    { base: { words: ["model.activation=%soft%"] } },
  ),
  of(
    "code",
    "prototype-patch",
    {
      edits: [
        edit(
          "train.ts",
          "import { line }",
          'import "./src/patches.ts";\nimport { line }',
        ),
      ],
    },
    [cause("code:src/patches.ts#", "code:train.ts#")],
  ),
  of(
    "code",
    "moved-and-changed",
    {
      edits: [
        { file: "src/loss.ts", renameTo: "src/losses/entropy.ts" },
        edit("src/losses/entropy.ts", "1e-9", "0.4"),
        edit("train.ts", "./src/loss.ts", "./src/losses/entropy.ts"),
        edit("src/model.ts", "./loss.ts", "./losses/entropy.ts"),
      ],
    },
    [cause(
      "code:src/losses/entropy.ts#crossEntropy",
      "code:src/loss.ts#crossEntropy",
    )],
  ),
  of(
    "code",
    "renamed-and-changed",
    {
      edits: [
        edit("packages/features/mod.ts", "[bucketAge(age)", "[ageGroup(age)"),
        edit(
          "packages/features/mod.ts",
          "function bucketAge(age: number): number {\n  return Math.floor(age / 10)",
          "function ageGroup(age: number): number {\n  return Math.floor(age / 5)",
        ),
      ],
    },
    [cause(
      "code:packages/features/mod.ts#ageGroup",
      "code:packages/features/mod.ts#bucketAge",
      "code:packages/features/mod.ts#featuresOf",
    )],
  ),
  of(
    "code",
    "with-comments-around",
    {
      edits: [
        GETTER,
        edit("src/csv.ts", "/** Reads a", "/** Reads, and does not check, a"),
        { file: "src/model.ts", append: "\n// The end.\n" },
      ],
    },
    [RATE],
  ),
  of("code", "reversed", { edits: [GETTER] }, [RATE], { isReversed: true }),
];

const PACKAGE: readonly Cause[] = [
  of(
    "package",
    "version",
    {
      edits: [
        edit(
          "package-lock.json",
          '"node_modules/tinystats": { "version": "1.0.0"',
          '"node_modules/tinystats": { "version": "1.1.0"',
        ),
        edit("node_modules/tinystats/package.json", "1.0.0", "1.1.0"),
        edit(
          "node_modules/tinystats/index.js",
          "sum / values.length",
          "sum / (values.length + 1)",
        ),
      ],
    },
    [cause("package:npm:tinystats")],
  ),
  of(
    "neutral",
    "package-version-without-effect",
    {
      edits: [
        edit(
          "package-lock.json",
          '"node_modules/tinystats": { "version": "1.0.0"',
          '"node_modules/tinystats": { "version": "1.0.1"',
        ),
        edit("node_modules/tinystats/package.json", "1.0.0", "1.0.1"),
      ],
    },
    [neutral("package:npm:tinystats")],
  ),
  of(
    "package",
    "edited-in-place",
    {
      edits: [
        edit(
          "node_modules/tinystats/index.js",
          "sum / values.length",
          "sum / (values.length + 1)",
        ),
      ],
    },
    [hidden("package:npm:tinystats")],
  ),
  of(
    "package",
    "version-and-code",
    {
      edits: [
        edit(
          "package-lock.json",
          '"node_modules/tinystats": { "version": "1.0.0"',
          '"node_modules/tinystats": { "version": "2.0.0"',
        ),
        edit("node_modules/tinystats/package.json", "1.0.0", "2.0.0"),
        edit(
          "node_modules/tinystats/index.js",
          "sum / values.length",
          "sum / (values.length + 1)",
        ),
        GETTER,
      ],
    },
    [cause("package:npm:tinystats"), RATE],
  ),
];

const INPUT: readonly Cause[] = [
  of("input", "json-read-by-fs", {
    edits: [edit("options.json", "0.02", "0.05")],
  }, [input("input:options.json")]),
  of("input", "one-cell", {
    edits: [
      edit(
        "data/applicants.csv",
        "age,income,debt,late,defaulted\n",
        "age,income,debt,late,defaulted\n30,60,20,0.1,0\n",
      ),
    ],
  }, [input("input:data/applicants.csv")]),
  of("input", "rows-beside-lr", {
    edits: [edit("options.json", "0.02", "0.05")],
    words: ["lr=0.2"],
  }, [input("input:options.json"), cause("config:lr")]),
  of("input", "file-beside-neutral-code", {
    edits: [edit("options.json", "0.02", "0.05"), PRINT],
  }, [input("input:options.json"), PRINTED]),
  of(
    "input",
    "file-beside-label",
    { edits: [edit("options.json", "0.02", "0.05")] },
    [input("input:options.json"), label("config:outDir")],
    { base: { label: "outDir" } },
  ),
  of("env", "variable", { env: { LR_BOOST: "1.5" } }, [input("env:LR_BOOST")]),
  of("env", "variable-removed", { env: { LR_BOOST: undefined } }, [
    input("env:LR_BOOST"),
  ], { base: { env: { LR_BOOST: "2" } } }),
  of("env", "variable-beside-comment", {
    env: { LR_BOOST: "1.5" },
    edits: [{ file: "src/csv.ts", append: "// Rows.\n" }],
  }, [input("env:LR_BOOST")]),
  of("env", "variable-and-file", {
    env: { LR_BOOST: "1.5" },
    edits: [edit("options.json", "0.02", "0.05")],
  }, [input("env:LR_BOOST"), input("input:options.json")]),
  of("environment", "time-zone", { env: { TZ: "Asia/Tokyo" } }, [
    cause("environment:timezone", "env:TZ"),
  ], { base: { words: ["useClock=true"] } }),
  of("environment", "locale", { env: { LANG: "hi_IN.UTF-8" } }, [
    cause("environment:locale", "env:LANG"),
  ], { base: { words: ["useClock=true"] } }),
  of(
    "environment",
    "time-zone-and-code",
    { env: { TZ: "Asia/Tokyo" }, edits: [GETTER] },
    [cause("environment:timezone", "env:TZ"), RATE],
    { base: { words: ["useClock=true"] } },
  ),
  of(
    "environment",
    "time-zone-beside-neutral-code",
    { env: { TZ: "Asia/Tokyo" }, edits: [PRINT] },
    [cause("environment:timezone", "env:TZ"), PRINTED],
    { base: { words: ["useClock=true"] } },
  ),
];

const SEED_EDITS = [
  edit("train.ts", "  seed: number;", "  randomSeed: number;"),
  edit("train.ts", "config.seed = 7", "config.randomSeed = 7"),
  edit(
    "train.ts",
    "createRandom(config.seed)",
    "createRandom(config.randomSeed)",
  ),
];

const SEED: readonly Cause[] = [
  of("seed", "alone", { seed: 8 }, [], { seeds: "fixed" }),
  of("seed", "another", { seed: 1234 }, []),
  of("seed", "named-random-seed", { seed: 21 }, [], {
    base: { seedKey: "randomSeed", edits: SEED_EDITS },
  }),
  of("seed", "and-comment", {
    seed: 22,
    edits: [{ file: "src/csv.ts", append: "// Rows.\n" }],
  }, []),
  of("seed", "same-as-a-among-many", { seed: 7, words: ["lr=0.2"] }, [
    cause("config:lr"),
  ], { seeds: "varying" }),
  of("combination", "seed-and-lr", { seed: 8, words: ["lr=0.4"] }, [
    cause("config:lr"),
  ]),
  of("combination", "seed-and-getter", { seed: 8, edits: [GETTER] }, [RATE]),
  of("combination", "seed-and-neutral-code", { seed: 8, edits: [PRINT] }, [
    PRINTED,
  ]),
  of("seed", "and-label", { seed: 9 }, [label("config:outDir")], {
    base: { label: "outDir" },
  }),
];

const NOISE_CAUSES: readonly Cause[] = [
  of("noise", "nothing", {}, [], noisy),
  of(
    "noise",
    "lr-with-effect",
    { words: ["lr=1"] },
    [cause("config:lr")],
    noisy,
  ),
  of("noise", "lr-tiny", { words: ["lr=0.1001"] }, [cause("config:lr")], noisy),
  of("noise", "getter", { edits: [GETTER] }, [RATE], noisy),
  of("noise", "neutral-code", { edits: [PRINT] }, [PRINTED], noisy),
  of("noise", "neutral-config", { words: ["printEvery=2"] }, [
    neutral("config:printEvery"),
  ], noisy),
  of("noise", "never-read", { words: ["unused=4"] }, [], noisy),
  of(
    "noise",
    "comment",
    { edits: [{ file: "src/csv.ts", append: "// Rows.\n" }] },
    [],
    noisy,
  ),
  of(
    "noise",
    "input",
    {
      edits: [
        edit(
          "data/applicants.csv",
          ",defaulted\n",
          ",defaulted\n30,60,20,0.1,0\n",
        ),
      ],
    },
    [input("input:data/applicants.csv")],
    noisy,
  ),
];

const throwing = edit(
  "train.ts",
  "bad = loss < best",
  'if (epoch === 3) throw new Error("planted failure");\n    bad = loss < best',
);
const PROGRESS: readonly Cause[] = [
  ...(["SIGKILL", "SIGINT", "SIGTERM"] as const).map((signal) =>
    of(
      "progress",
      `killed-by-${signal.toLowerCase()}`,
      { kill: { signal, epoch: 3 } },
      [],
      { stops: true },
    )
  ),
  of(
    "progress",
    "killed-with-lr",
    { kill: { signal: "SIGKILL", epoch: 3 }, words: ["lr=0.2"] },
    [cause("config:lr")],
    { stops: true },
  ),
  of(
    "progress",
    "a-was-killed",
    { kill: { signal: "SIGTERM", epoch: 2 } },
    [],
    { stops: true, isReversed: true, seeds: "fixed" },
  ),
  of("progress", "error", { edits: [throwing] }, [neutral("code:train.ts#")], {
    stops: true,
  }),
  of("progress", "not-a-number", {
    edits: [
      edit(
        "train.ts",
        "const started",
        "if (config.epochs > 0) model.weights[0] = NaN;\n  const started",
      ),
    ],
  }, [cause("code:train.ts#")]),
  of("progress", "infinite-lr", { words: ["lr=1e308"] }, [cause("config:lr")]),
  of("progress", "early-stopping", { words: ["patience=1"] }, [
    cause("config:patience"),
  ]),
  of("progress", "other-length-and-lr", { words: ["epochs=4", "lr=0.2"] }, [
    cause("config:epochs"),
    cause("config:lr"),
  ]),
];

const two = [cause("config:lr"), cause("config:model.activation")];
const both = { words: ["lr=0.2", "model.activation=%soft%"] };
const COMBINATION: readonly Cause[] = [
  of("combination", "two-config", both, two),
  of("combination", "two-config-one-known", both, two, {
    others: [{ words: ["lr=0.2"] }],
    separated: true,
  }),
  of("combination", "two-config-both-known", both, two, {
    others: [{ words: ["lr=0.2"] }, { words: ["model.activation=%soft%"] }],
    separated: true,
  }),
  of("combination", "config-and-neutral", {
    words: ["lr=0.2", "printEvery=2"],
  }, [cause("config:lr"), neutral("config:printEvery")]),
  of(
    "combination",
    "config-and-neutral-separated",
    { words: ["lr=0.2", "printEvery=2"] },
    [cause("config:lr"), neutral("config:printEvery")],
    { others: [{ words: ["lr=0.2"] }], separated: true },
  ),
  of(
    "combination",
    "neutral-and-config-separated",
    { words: ["lr=0.2", "printEvery=2"] },
    [cause("config:lr"), neutral("config:printEvery")],
    { others: [{ words: ["printEvery=2"] }], separated: true },
  ),
  of("combination", "code-and-config", { edits: [GETTER], words: ["lr=0.2"] }, [
    RATE,
    cause("config:lr"),
  ]),
  of(
    "combination",
    "code-and-config-separated",
    { edits: [GETTER], words: ["lr=0.2"] },
    [RATE, cause("config:lr")],
    { others: [{ edits: [GETTER] }, { words: ["lr=0.2"] }], separated: true },
  ),
  of("combination", "code-and-neutral-code", { edits: [GETTER, PRINT] }, [
    RATE,
    PRINTED,
  ]),
  of(
    "combination",
    "code-and-neutral-code-separated",
    { edits: [GETTER, PRINT] },
    [RATE, PRINTED],
    { others: [{ edits: [PRINT] }], separated: true },
  ),
  of("combination", "neutral-code-and-config", {
    edits: [PRINT],
    words: ["lr=0.2"],
  }, [PRINTED, cause("config:lr")]),
  of("combination", "two-code", {
    edits: [GETTER, edit("src/loss.ts", "[1, 1.2]", "[1, 1.6]")],
  }, [RATE, cause("code:src/loss.ts#WEIGHTS")]),
  of("combination", "three", {
    edits: [GETTER],
    words: ["lr=0.2", "model.penalty=0.01"],
  }, [RATE, cause("config:lr"), cause("config:model.penalty")]),
  of("combination", "default-in-view-and-code", { edits: [LR, GETTER] }, [
    cause("config:lr"),
    RATE,
  ]),
  of("combination", "config-and-label", { words: ["lr=0.2"] }, [
    cause("config:lr"),
    label("config:outDir"),
  ], { base: { label: "outDir" } }),
  of("combination", "code-and-label", { edits: [GETTER] }, [
    RATE,
    label("config:outDir"),
  ], { base: { label: "outDir" } }),
  of(
    "combination",
    "config-and-never-read",
    { words: ["lr=0.2", "unused=4"] },
    [cause("config:lr")],
  ),
  of("combination", "config-and-unused-export", {
    words: ["lr=0.2"],
    edits: [
      edit("src/loss.ts", "(chance - label) ** 2", "(chance - label) ** 4"),
    ],
  }, [cause("config:lr")]),
];

/** The way from run A to run B must not depend on which of them is asked for first. */
const REVERSED: readonly Cause[] = COMBINATION.filter(({ id }) =>
  /(separated|-known)$/.test(id)
).map((one) => ({ ...one, id: `${one.id}-reversed`, isReversed: true }));

const CHAIN: readonly Cause[] = [
  of(
    "combination",
    "three-in-a-chain",
    { edits: [GETTER], words: ["lr=0.2", "model.penalty=0.1"] },
    [RATE, cause("config:lr"), cause("config:model.penalty")],
    {
      others: [{ words: ["lr=0.2"] }, {
        words: ["lr=0.2", "model.penalty=0.1"],
      }],
      separated: true,
    },
  ),
];

const HISTORY: readonly Cause[] = [
  of("history", "reverted", {}, [], { others: [{ words: ["lr=0.2"] }] }),
  of("history", "code-reverted", {}, [], { others: [{ edits: [GETTER] }] }),
  of("history", "unrelated-third-change", { words: ["lr=0.2"] }, [
    cause("config:lr"),
  ], { others: [{ words: ["model.penalty=0.01"] }, { edits: [PRINT] }] }),
  of("history", "other-project", { words: ["lr=0.2"] }, [cause("config:lr")], {
    others: [{
      words: [
        "lr=0.2",
        "model.penalty=0.1",
        "experiment.projectName=%elsewhere%",
      ],
    }],
  }),
  of("history", "replicates-at-other-commits", { words: ["lr=0.2"] }, [
    cause("config:lr"),
  ], {
    others: [{ edits: [{ file: "README.md", content: "Credit\n" }] }, {
      edits: [{ file: "src/csv.ts", append: "// Rows.\n" }],
    }],
  }),
  of(
    "history",
    "suspect-tried-before-without-effect",
    { words: ["printEvery=2", "lr=0.2"] },
    [cause("config:lr"), neutral("config:printEvery")],
    {
      others: [{ words: ["printEvery=2"] }, {
        words: ["printEvery=2"],
      }],
      separated: true,
    },
  ),
  of("history", "best-of-ten", { words: ["printEvery=2"] }, [
    neutral("config:printEvery"),
  ], {
    others: [13, 14, 15, 16, 17].map((seed) => ({ seed })),
    seeds: "varying",
    isBest: true,
  }),
  of("history", "best-of-ten-with-seed-alone", {}, [], {
    others: [13, 14, 15, 16, 17].map((seed) => ({ seed })),
    seeds: "varying",
    isBest: true,
  }),
  of("history", "killed-runs-between", { words: ["lr=0.2"] }, [
    cause("config:lr"),
  ], { others: [{ kill: { signal: "SIGKILL", epoch: 2 } }] }),
  of("history", "failed-run-with-the-cause", { words: ["lr=0.2"] }, [
    cause("config:lr"),
  ], { others: [{ words: ["lr=0.2"], edits: [throwing] }] }),
];

/** An edit that changes no result: nothing must be blamed. */
function nothing(
  id: string,
  b: Situation,
  planted: readonly Planted[] = [],
  more: Partial<Cause> = {},
): Cause {
  return of("neutral", id, b, planted, more);
}

const NEUTRAL: readonly Cause[] = [
  nothing("nothing", {}),
  nothing("comment", {
    edits: [
      edit(
        "src/model.ts",
        "/** The bias of the output. */",
        "/** The bias of the output, with its gain. */",
      ),
    ],
  }),
  nothing("formatting", {
    edits: [
      edit(
        "src/optimizer.ts",
        "return Math.max(-CLIP, Math.min(CLIP, slope));",
        "return Math.max(\n    -CLIP,\n    Math.min(CLIP, slope),\n  );",
      ),
    ],
  }),
  nothing("types", {
    edits: [
      edit(
        "src/loss.ts",
        "const WEIGHTS: number[]",
        "const WEIGHTS: readonly number[]",
      ),
    ],
  }),
  nothing("new-interface", {
    edits: [{
      file: "src/csv.ts",
      append:
        "\n/** Nobody uses it. */\nexport interface Bank {\n  name: string;\n}\n",
    }],
  }),
  nothing("unused-export", {
    edits: [
      edit("src/loss.ts", "(chance - label) ** 2", "(chance - label) ** 4"),
    ],
  }),
  nothing("new-unused-export", {
    edits: [{
      file: "src/loss.ts",
      append:
        "\nexport function hinge(x: number): number {\n  return Math.max(0, 1 - x);\n}\n",
    }],
  }),
  nothing("config-lines-swapped", {
    edits: [
      edit(
        "train.ts",
        "  config.lr = 0.1;\n  config.epochs = 6;",
        "  config.epochs = 6;\n  config.lr = 0.1;",
      ),
    ],
  }),
  nothing("view-that-is-not-used", {
    edits: [edit("train.ts", "config.width = 2;", "config.width = 4;")],
  }),
  nothing("moved-file", {
    edits: [
      { file: "src/csv.ts", renameTo: "src/data/csv.ts" },
      edit("train.ts", "./src/csv.ts", "./src/data/csv.ts"),
    ],
  }),
  nothing("renamed-function", {
    edits: [
      edit("packages/features/mod.ts", "[bucketAge(age)", "[ageGroup(age)"),
      edit(
        "packages/features/mod.ts",
        "function bucketAge",
        "function ageGroup",
      ),
    ],
  }, [
    neutral(
      "code:packages/features/mod.ts#bucketAge",
      "code:packages/features/mod.ts#ageGroup",
      "code:packages/features/mod.ts#featuresOf",
    ),
  ]),
  nothing("renamed-local", {
    edits: [
      edit(
        "src/optimizer.ts",
        "(weights[i] ?? 0) + this",
        "0 + (weights[i] ?? 0) + this",
      ),
    ],
  }, [neutral("code:src/optimizer.ts#Optimizer.step")]),
  nothing("quotes", {
    edits: [edit("src/csv.ts", 'split(",")', "split(',')")],
  }),
  nothing("readme", { edits: [{ file: "README.md", content: "# Credit\n" }] }),
  nothing("unreachable-module", {
    edits: [{ file: "src/unused.ts", content: "export const x = 1;\n" }],
  }),
  nothing("default-that-no-call-uses", {
    edits: [
      edit("src/layers.ts", "weight: number = 0.001", "weight: number = 0.002"),
    ],
  }, [neutral("code:src/layers.ts#Network.penalty")]),
  nothing("branch-that-no-row-takes", {
    edits: [edit("src/csv.ts", "cells[4] ?? 0", "cells[4] ?? 1")],
  }, [neutral("code:src/csv.ts#loadApplicants")]),
  nothing("printing", { edits: [PRINT] }, [PRINTED]),
  nothing("dead-branch", {
    edits: [
      edit(
        "src/loss.ts",
        "  return WEIGHTS[label] ?? 1;",
        "  if (label > 5) return 2;\n  return WEIGHTS[label] ?? 1;",
      ),
    ],
  }, [neutral("code:src/loss.ts#balance")]),
  nothing("equal-expression", {
    edits: [edit("src/random.ts", "state / 2 ** 32", "state / 4294967296")],
  }, [neutral("code:src/random.ts#createRandom")]),
  nothing("never-read", { words: ["unused=9"] }),
  nothing("new-key", { words: ["width=1"] }),
  nothing("output-folder", { words: ["outDir=%elsewhere%"] }, [
    label("config:outDir"),
  ]),
  nothing("print-every", { words: ["printEvery=2"] }, [
    neutral("config:printEvery"),
  ]),
  nothing("written-otherwise", { words: ["lr=1e-1"] }),
  nothing("label", {}, [label("config:outDir")], { base: { label: "outDir" } }),
  nothing("variable-that-nothing-reads", { env: { COLOR: "blue" } }),
  nothing("variable-with-its-default", { env: { LR_BOOST: "1" } }, [
    neutralInput("env:LR_BOOST"),
  ]),
  nothing("time-zone-that-nothing-reads", { env: { TZ: "Asia/Tokyo" } }, [
    neutral("environment:timezone", "env:TZ"),
  ]),
  nothing("csv-blank-line", {
    edits: [{ file: "data/applicants.csv", append: "\n" }],
  }, [neutralInput("input:data/applicants.csv")]),
  nothing("deno-json", {
    edits: [
      edit(
        "deno.json",
        '"nodeModulesDir": "manual",',
        '"nodeModulesDir": "manual",\n  "fmt": { "lineWidth": 100 },',
      ),
    ],
  }),
  nothing("new-class-member", {
    edits: [
      edit(
        "src/schedule.ts",
        "  advance(): void {",
        "  get half(): number {\n    return this.base / 2;\n  }\n\n  advance(): void {",
      ),
    ],
  }, [
    neutral(
      "code:src/schedule.ts#Schedule.half",
      "code:src/schedule.ts#Schedule",
    ),
  ]),
  nothing("other-host", { afterwards: "other host" }),
  nothing("renamed-keys", {
    edits: [
      edit("train.ts", "  lr: number;", "  learningRate: number;"),
      edit("train.ts", "config.lr = 0.1", "config.learningRate = 0.1"),
      edit("train.ts", "config.lr * boost", "config.learningRate * boost"),
    ],
  }, [neutral("config:lr", "config:learningRate", "code:train.ts#")]),
  nothing("reversed", {}, [], { isReversed: true }),
  nothing("label-and-never-read", { words: ["unused=9"] }, [
    label("config:outDir"),
  ], { base: { label: "outDir" } }),
  nothing("timing-of-another-name", {}, [], {
    base: {
      edits: [
        edit(
          "train.ts",
          'logMetric("loss", loss, epoch)',
          'logMetric("loss", loss, epoch);\n    logger.logMetric("tempo", performance.now(), epoch)',
        ),
      ],
    },
    seeds: "fixed",
  }),
];

/** All causes of this project. */
export const CREDIT: readonly Cause[] = [
  ...CONFIG,
  ...CODE,
  ...PACKAGE,
  ...INPUT,
  ...SEED,
  ...NOISE_CAUSES,
  ...PROGRESS,
  ...COMBINATION,
  ...REVERSED,
  ...CHAIN,
  ...HISTORY,
  ...NEUTRAL,
];

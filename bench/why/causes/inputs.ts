/**
 * Causes in what the programs read: files, folders, links and environment variables; and runs whose inputs were not
 * recorded, because the program was started without `ato run`.
 *
 * @module
 */
import {
  type Base,
  type Cause,
  cause,
  type Edit,
  edit,
  input,
  label,
  neutral,
  neutralInput,
  type ProjectName,
  shellFile,
} from "../types.ts";
import { type Maker, makerOf } from "./_makers.ts";

/** Makes the maker of a project; the ids of all causes of this file say that something is read. */
function readMaker(project: ProjectName): Maker {
  const of = makerOf(project);
  return (kind, id, ...rest) => of(kind, `read-${id}`, ...rest);
}

const price = readMaker("pricing");
const spam = readMaker("spam");
const credit = readMaker("credit");

/** The content of a file of 32-bit numbers. */
const numbers = (...bytes: number[]) => String.fromCharCode(...bytes);

/** Writes a file again as it is: only its time changes. */
const touch = (file: string): Edit => ({ file, append: "" });

/** Makes a change of one file that the program reads, which changes the result. */
function changed(
  of: Maker,
  id: string,
  change: Edit,
  more?: Parameters<Maker>[4],
): Cause {
  const name = change.file.replace(/^\.\.\/home\//, "~/");
  return of("input", id, { edits: [change] }, [input(`input:${name}`)], more);
}

/** Makes a change of nothing but the times of files. */
function touched(
  of: Maker,
  id: string,
  files: readonly string[],
  more?: Parameters<Maker>[4],
): Cause {
  return of("neutral", id, { edits: files.map(touch) }, [], more);
}

/** Makes a variable that names another file: `data/levels_b.json` instead of `data/levels_a.json`. */
function otherFile(of: Maker, variable: string, files: string): Cause {
  const [before, after] = [`data/${files}_a.json`, `data/${files}_b.json`];
  const planted = [
    input(`env:${variable}`),
    input(`input:${before}`),
    input(`input:${after}`),
  ];
  return of(
    "env",
    "path-of-another-file",
    { env: { [variable]: after } },
    planted,
  );
}

const ROW = edit("data/flats.csv", "\n48,1,153", "\n48,1,193");
const ROWS = input("input:data/flats.csv");
const OFFSET = edit("settings.yaml", "0.01", "0.02");
/** Moves the loss by more than the seeds do. */
const BONUS = edit("data/bonus/a.txt", "0.5", "3");
const SETTINGS = input("input:settings.yaml");
const NOTES = { file: "data/notes.txt", content: "Still nobody.\n" };
const FACTOR = edit("pricing/steps.py", "factor = 1.0", "factor = 0.8");
const STEP = cause("code:pricing/steps.py#Step.factor");
const LINE = edit("train.py", '"output in"', '"The output is in"');
/** A setting that changes nothing. */
const RENAMED = edit("settings.yaml", "name: flats", "name: houses");
/** Another version of a package, with other code. */
const VERSION: readonly Edit[] = [
  {
    file: "site-packages/flatstats-1.0.0.dist-info",
    renameTo: "site-packages/flatstats-1.1.0.dist-info",
  },
  edit(
    "site-packages/flatstats-1.1.0.dist-info/METADATA",
    "1.0.0",
    "1.1.0",
  ),
  edit(
    "site-packages/flatstats/__init__.py",
    "- min(values)",
    "- min(values) / 2",
  ),
];
const noisy = { base: { words: ["noise=0.2"] } };
const labelled = { base: { label: "out" } };
const reversed = { isReversed: true };

const PYTHON_FILES: readonly Cause[] = [
  changed(price, "one-cell", ROW),
  changed(price, "one-cell-reversed", ROW, reversed),
  price("input", "rows-in-another-order", {
    edits: [
      edit(
        "data/flats.csv",
        "84,3,287\n48,1,153\n",
        "48,1,153\n84,3,287\n",
      ),
    ],
  }, [ROWS]),
  changed(price, "file-added-to-a-folder", {
    file: "data/bonus/c.txt",
    content: "0.125\n",
  }),
  changed(price, "file-removed-from-a-folder", {
    file: "data/bonus/b.txt",
    isRemoved: true,
  }),
  price("input", "file-renamed-in-a-folder", {
    edits: [
      { file: "data/bonus/b.txt", renameTo: "data/bonus/d.txt" },
      edit("data/bonus/d.txt", "0.25", "0.75"),
    ],
  }, [input("input:data/bonus/b.txt"), input("input:data/bonus/d.txt")]),
  changed(price, "link-to-another-file", {
    file: "data/current.json",
    linkTo: "shift_2.json",
  }),
  price("input", "target-of-a-link", {
    edits: [edit("data/shift_1.json", "0.5", "0.6")],
  }, [input("input:data/current.json", "input:data/shift_1.json")]),
  changed(price, "raw-numbers", {
    file: "data/start.bin",
    content: numbers(0, 0, 0, 63, 0, 0, 64, 64),
  }),
  changed(price, "line-endings-that-count", {
    file: "data/codes.txt",
    content: "N,S\r\nE,W\r\n",
  }),
  changed(
    price,
    "file-that-a-variable-names",
    edit("data/levels_b.json", "0.4", "0.5"),
    {
      base: { env: { PRICE_LEVELS: "data/levels_b.json" } },
    },
  ),
  changed(price, "home-folder", edit("../home/.pricing.json", "0.2", "0.3")),
  changed(price, "dotenv", edit(".env", "FEE=0.1", "FEE=0.4")),
  price("input", "dotenv-line-without-effect", {
    edits: [edit(".env", "KEY=abc", "KEY=abd")],
  }, [neutralInput("input:.env")]),
  price("input", "beside-an-unread-file", { edits: [OFFSET, NOTES] }, [
    SETTINGS,
  ]),
  price("input", "beside-a-touched-file", {
    edits: [OFFSET, touch("scale.json"), touch("data/flats.csv")],
  }, [SETTINGS]),
  price("input", "beside-a-label", { edits: [OFFSET] }, [
    SETTINGS,
    label("config:args.out"),
  ], labelled),
  price("input", "beside-a-comment", {
    edits: [OFFSET, { file: "pricing/loss.py", append: "# The end.\n" }],
  }, [SETTINGS]),
  price("noise", "one-cell", { edits: [ROW] }, [ROWS], noisy),
  price(
    "noise",
    "touched-file",
    { edits: [touch("data/flats.csv")] },
    [],
    noisy,
  ),
  price("noise", "unread-file", { edits: [NOTES] }, [], noisy),
  price(
    "noise",
    "neutral-setting",
    {
      edits: [RENAMED],
    },
    [neutralInput("input:settings.yaml")],
    noisy,
  ),
  price("noise", "helper", { edits: [FACTOR] }, [STEP], noisy),
];

const PYTHON_NEUTRAL: readonly Cause[] = [
  touched(price, "touch", ["data/flats.csv", "settings.yaml", "train.py"]),
  price("neutral", "unread-file", { edits: [NOTES] }, []),
  price("neutral", "file-that-is-written-first", {
    edits: [{ file: "cache.json", content: "9" }],
  }, []),
  price("neutral", "removed-output", {
    edits: [{ file: "cache.json", isRemoved: true }],
  }, []),
  price("neutral", "line-endings", {
    edits: [{
      file: "settings.yaml",
      content: "offset: 0.01\r\nname: flats\r\n",
    }],
  }, [neutralInput("input:settings.yaml")]),
  price("neutral", "comment-in-settings", {
    edits: [{ file: "settings.yaml", append: "# The end.\n" }],
  }, [neutralInput("input:settings.yaml")]),
  price("neutral", "copy-in-place-of-a-link", {
    edits: [
      { file: "data/current.json", isRemoved: true },
      { file: "data/current.json", content: '{ "shift": 0.5 }\n' },
    ],
  }, []),
  price("neutral", "file-of-another-name-in-a-folder", {
    edits: [{ file: "data/bonus/c.md", content: "0.125\n" }],
  }, []),
  price(
    "neutral",
    "variable-that-nothing-reads",
    { env: { COLOR: "blue" } },
    [],
  ),
  price("neutral", "variable-with-its-default", {
    env: { PRICE_LEVELS: "data/levels_a.json" },
  }, [neutralInput("env:PRICE_LEVELS")]),
  price("neutral", "printed-line", { edits: [LINE] }, [
    neutral("code:train.py#main"),
  ]),
  price("neutral", "docstring", {
    edits: [
      edit(
        "pricing/sources.py",
        '"""Reads raw numbers."""',
        '"""Reads numbers."""',
      ),
    ],
  }, []),
  price("neutral", "annotation", {
    edits: [
      edit("pricing/sources.py", "def threads():", "def threads() -> int:"),
    ],
  }, []),
  price("neutral", "renamed-local", {
    edits: [
      edit("pricing/sources.py", "lines = Path", "pairs = Path"),
      edit("pricing/sources.py", "for line in lines)", "for line in pairs)"),
    ],
  }, []),
];

const PYTHON_ENV: readonly Cause[] = [
  price("env", "value", { env: { LR_BOOST: "3" } }, [input("env:LR_BOOST")], {
    base: { env: { LR_BOOST: "2" } },
  }),
  price("env", "removed", { env: { LR_BOOST: undefined } }, [
    input("env:LR_BOOST"),
  ], { base: { env: { LR_BOOST: "2" } } }),
  price("env", "helper-alone", { env: { OMP_NUM_THREADS: "4" } }, [
    input("env:OMP_NUM_THREADS"),
  ]),
  otherFile(price, "PRICE_LEVELS", "levels"),
  price("env", "beside-one-that-nothing-reads", {
    env: { OMP_NUM_THREADS: "4", COLOR: "blue" },
  }, [input("env:OMP_NUM_THREADS")]),
  price("environment", "time-zone", { env: { TZ: "Asia/Tokyo" } }, [
    cause("environment:timezone", "env:TZ"),
  ]),
];

const PYTHON_CODE: readonly Cause[] = [
  price("code", "operator-of-a-helper", {
    edits: [
      edit("pricing/sources.py", ".read_bytes()) / 10", ".read_bytes()) / 20"),
    ],
  }, [cause("code:pricing/sources.py#codes")]),
  price("code", "default-argument", {
    edits: [
      edit(
        "pricing/limits.py",
        'name="error", high=LIMIT',
        'name="error", high=0.01',
      ),
    ],
  }, [cause("code:pricing/limits.py#within")]),
  price("code", "argument-of-a-decorator", {
    edits: [edit("pricing/units.py", "@times(1.0)", "@times(1.1)")],
  }, [cause("code:pricing/units.py#worth")]),
  price("code", "decorator", {
    edits: [
      edit(
        "pricing/units.py",
        "function(value) * factor",
        "function(value) * factor + 1",
      ),
    ],
  }, [cause("code:pricing/units.py#times")]),
  price("package", "version", { edits: VERSION }, [
    cause("package:pypi:flatstats"),
  ]),
  price("package", "version-beside-input", {
    edits: [...VERSION, OFFSET],
  }, [cause("package:pypi:flatstats"), SETTINGS]),
  price("config", "option-of-a-subcommand", { words: ["skip=3"] }, [
    cause("config:args.skip"),
  ], { base: { words: ["fast"] } }),
  price("config", "subcommand", { words: ["fast"] }, [
    cause("config:args.mode"),
    cause("config:args.skip"),
  ]),
  price("seed", "random-state", { seed: 77 }, [], {
    base: { seedKey: "random-state" },
  }),
  price("seed", "and-touched-file", {
    seed: 77,
    edits: [touch("data/flats.csv")],
  }, []),
];

const PYTHON_COMBINED: readonly Cause[] = [
  price("combination", "input-and-lr", { edits: [OFFSET], words: ["lr=0.3"] }, [
    SETTINGS,
    cause("config:args.lr"),
  ]),
  price(
    "combination",
    "input-and-lr-separated",
    {
      edits: [OFFSET],
      words: ["lr=0.001"],
    },
    [SETTINGS, cause("config:args.lr")],
    {
      others: [{ words: ["lr=0.001"] }],
      separated: true,
    },
  ),
  price("combination", "input-and-code", { edits: [OFFSET, FACTOR] }, [
    SETTINGS,
    STEP,
  ]),
  price(
    "combination",
    "input-and-code-separated",
    {
      edits: [OFFSET, FACTOR],
    },
    [SETTINGS, STEP],
    { others: [{ edits: [OFFSET] }], separated: true },
  ),
  price("combination", "two-inputs", { edits: [OFFSET, ROW] }, [
    SETTINGS,
    ROWS,
  ]),
  price("combination", "two-inputs-separated", { edits: [OFFSET, BONUS] }, [
    SETTINGS,
    input("input:data/bonus/a.txt"),
  ], { others: [{ edits: [BONUS] }], separated: true }),
  price("combination", "input-and-variable", {
    edits: [OFFSET],
    env: { LR_BOOST: "2" },
  }, [SETTINGS, input("env:LR_BOOST")]),
  price("combination", "input-and-neutral-code", { edits: [OFFSET, LINE] }, [
    SETTINGS,
    neutral("code:train.py#main"),
  ]),
  price("combination", "seed-and-input", { edits: [ROW], seed: 77 }, [ROWS]),
  price("history", "input-reverted", {}, [], { others: [{ edits: [ROW] }] }),
  price(
    "history",
    "input-tried-before-without-effect",
    {
      edits: [RENAMED],
      words: ["lr=0.3"],
    },
    [cause("config:args.lr"), neutralInput("input:settings.yaml")],
    {
      others: [{
        edits: [RENAMED],
      }],
      separated: true,
    },
  ),
];

const SPAM: readonly Cause[] = [
  changed(spam, "file-added-to-a-folder", {
    file: "data/stop/c.txt",
    content: "more\n",
  }),
  changed(spam, "promise", edit("data/table_a.json", "0.4", "0.6")),
  changed(spam, "stream", {
    file: "data/start.bin",
    content: numbers(0, 0, 64, 64),
  }),
  changed(spam, "home-folder", edit("../home/.spam.json", "0.2", "0.6")),
  otherFile(spam, "SPAM_TABLE", "table"),
  touched(spam, "touch", ["data/messages.csv"]),
  spam("neutral", "file-that-is-written-first", {
    edits: [{ file: "cache.json", content: "[9]" }],
  }, []),
  spam("neutral", "formatting-of-json", {
    edits: [edit("settings.json", '"size": 64, ', '"size": 64,\n  ')],
  }, [neutralInput("input:settings.json")]),
  spam("combination", "input-and-rate", {
    edits: [edit("data/table_a.json", "0.4", "0.6")],
    words: ["model.rate=0.5"],
  }, [input("input:data/table_a.json"), cause("config:model.rate")]),
];

const SHIFT = edit("data/shift_1.json", "0.5", "0.9");

const CREDIT: readonly Cause[] = [
  changed(credit, "file-added-to-a-folder", {
    file: "data/bonus/c.txt",
    content: "0.125\n",
  }),
  changed(credit, "link-to-another-file", {
    file: "data/current.json",
    linkTo: "shift_2.json",
  }),
  changed(credit, "raw-numbers", {
    file: "data/start.bin",
    content: numbers(0, 0, 64, 64),
  }),
  otherFile(credit, "CREDIT_TABLE", "table"),
  touched(credit, "touch", ["data/applicants.csv", "options.json"]),
  credit("input", "beside-a-worker", { edits: [SHIFT] }, [
    input("input:data/current.json", "input:data/shift_1.json"),
  ], { base: { words: ["useWorker=true"] } }),
];

/** A folder of more files than are named one by one. */
const MANY: Base = {
  edits: Array.from({ length: 70 }, (_, i): Edit => ({
    file: `data/bonus/m${i}.txt`,
    content: `0.0${i}\n`,
  })),
};

/** Another program reads a file for this one: no observer is in it. */
const CHILD: Base = {
  edits: [
    edit("pricing/sources.py", "import os\n", "import os\nimport subprocess\n"),
    edit(
      "pricing/sources.py",
      'Path("data/codes.txt").read_bytes()',
      'subprocess.check_output(["cat", "data/codes.txt"])',
    ),
  ],
};
const CODES = { file: "data/codes.txt", content: "N,S,E,W,N,S\n" };
const SHELL_CODES = shellFile("input:data/codes.txt");

const OUT_OF_SIGHT: readonly Cause[] = [
  price(
    "input",
    "one-of-many-files",
    {
      edits: [edit("data/bonus/m7.txt", "0.07", "0.9")],
    },
    [input("input:data/bonus", "input:data/bonus/m7.txt")],
    { base: MANY },
  ),
  price(
    "input",
    "one-more-of-many-files",
    {
      edits: [{ file: "data/bonus/m70.txt", content: "0.9\n" }],
    },
    [input("input:data/bonus", "input:data/bonus/m70.txt")],
    { base: MANY },
  ),
  touched(price, "touched-files-of-many", [
    "data/bonus/m7.txt",
    "data/bonus/m8.txt",
  ], { base: MANY }),
  price("input", "in-a-child", { edits: [CODES] }, [SHELL_CODES], {
    base: CHILD,
  }),
  price("input", "in-a-child-beside-neutral-code", { edits: [CODES, LINE] }, [
    SHELL_CODES,
    neutral("code:train.py#main"),
  ], { base: CHILD }),
  price("input", "in-a-child-beside-another", { edits: [CODES, OFFSET] }, [
    SHELL_CODES,
    SETTINGS,
  ], { base: CHILD }),
  price("config", "beside-a-child", { words: ["lr=0.3"] }, [
    cause("config:args.lr"),
  ], { base: CHILD }),
  price("neutral", "child", {}, [], { base: CHILD }),
];

const plain: Base = { plain: true };
const loud: Base = { plain: true, words: ["noise=0.4"] };

/** Runs of programs that log through the library and were started without `ato run`: of inputs nothing is recorded. */
const PLAIN: readonly Cause[] = [
  changed(credit, "plain-json", edit("options.json", "0.02", "0.05"), {
    base: plain,
  }),
  credit(
    "input",
    "plain-beside-lr",
    {
      edits: [edit("options.json", "0.02", "0.05")],
      words: ["lr=0.2"],
    },
    [input("input:options.json"), cause("config:lr")],
    { base: plain },
  ),
  credit("env", "plain-variable", { env: { LR_BOOST: "1.5" } }, [
    input("env:LR_BOOST"),
  ], { base: plain }),
  credit("config", "plain-lr", { words: ["lr=0.2"] }, [cause("config:lr")], {
    base: plain,
  }),
  credit(
    "code",
    "plain-constant",
    {
      edits: [edit("src/constants.ts", "DECAY = 0.15", "DECAY = 0.25")],
    },
    [cause("code:src/constants.ts#DECAY")],
    { base: plain },
  ),
  credit("neutral", "plain-nothing", {}, [], { base: plain }),
  credit("noise", "plain-nothing", {}, [], { base: loud }),
  credit(
    "progress",
    "plain-killed",
    {
      kill: { signal: "SIGKILL", epoch: 3 },
    },
    [],
    { base: plain, stops: true, seeds: "fixed" },
  ),
  changed(
    spam,
    "plain-settings",
    edit("settings.json", '"prior": 0.1', '"prior": 0.2'),
    { base: plain },
  ),
  spam("config", "plain-rate", { words: ["model.rate=0.5"] }, [
    cause("config:model.rate"),
  ], { base: plain }),
  touched(spam, "plain-touch", ["data/messages.csv"], { base: plain }),
];

/** All causes of this file. */
export const INPUTS: readonly Cause[] = [
  ...PYTHON_FILES,
  ...PYTHON_NEUTRAL,
  ...PYTHON_ENV,
  ...PYTHON_CODE,
  ...PYTHON_COMBINED,
  ...SPAM,
  ...CREDIT,
  ...OUT_OF_SIGHT,
  ...PLAIN,
];

/**
 * Causes in programs that do not import Ato and run under `ato run`: a Python program that fits prices, and a shell
 * script that simulates a queue. Of the latter only the script on the command line is recorded.
 *
 * @module
 */
import {
  type Cause,
  cause,
  edit,
  input,
  label,
  neutral,
  shellFile,
} from "../types.ts";
import { type Maker, makerOf, wordMaker } from "./_makers.ts";

const price = makerOf("pricing");
const queue = makerOf("queue");

const word = (of: Maker, id: string, words: string, more?: Partial<Cause>) =>
  wordMaker(of, "args.")(id, words, more);

const TRAIN = cause("code:train.py#main");
const TRAIN_SAME = neutral("code:train.py#main");
const PYTHON_EDIT = edit(
  "train.py",
  "model.rate *= args.decay",
  "model.rate *= args.decay ** 2",
);
const MODEL = edit(
  "pricing/model.py",
  "self.rate * error * x",
  "self.rate * error * x * 0.9",
);
const noisy = { base: { words: ["noise=0.2"] } };
const labelled = { base: { label: "out" } };
const lr = { base: { words: ["lr=0.2"] } };

const PRICING: readonly Cause[] = [
  word(price, "lr", "lr=0.3", lr),
  word(price, "lr-given-at-last", "lr=0.3"),
  word(price, "epochs", "epochs=7"),
  price("config", "dotted-option", { words: ["optim.decay=0.8"] }, [
    cause("config:args.decay"),
  ]),
  price("code", "script", { edits: [PYTHON_EDIT] }, [TRAIN]),
  price("code", "default-in-script", {
    edits: [edit("train.py", "default=0.9", "default=0.7")],
  }, [cause("config:args.decay"), neutral("code:train.py#parse")]),
  price("code", "method-of-helper", { edits: [MODEL] }, [
    cause("code:pricing/model.py#Linear.learn"),
  ]),
  price("code", "reader", {
    edits: [edit("pricing/data.py", "rooms / 5", "rooms / 4")],
  }, [cause("code:pricing/data.py#load")]),
  price("code", "helper-beside-lr", { edits: [MODEL], words: ["lr=0.3"] }, [
    cause("code:pricing/model.py#Linear.learn"),
    cause("config:args.lr"),
  ]),
  price("input", "csv", {
    edits: [
      edit(
        "data/flats.csv",
        "area,rooms,price\n",
        "area,rooms,price\n80,3,320\n",
      ),
    ],
  }, [input("input:data/flats.csv")]),
  price("input", "yaml", { edits: [edit("settings.yaml", "0.01", "0.02")] }, [
    input("input:settings.yaml"),
  ]),
  price("input", "json", { edits: [edit("scale.json", "100", "110")] }, [
    input("input:scale.json"),
  ]),
  price("env", "variable", { env: { LR_BOOST: "2" } }, [input("env:LR_BOOST")]),
  price("env", "variable-beside-neutral-option", {
    env: { LR_BOOST: "2" },
    words: ["digits=3"],
  }, [input("env:LR_BOOST"), neutral("config:args.digits")]),
  price("seed", "alone", { seed: 77 }, []),
  price("combination", "seed-and-lr", { seed: 77, words: ["lr=0.6"] }, [
    cause("config:args.lr"),
  ]),
  price("combination", "lr-and-script", {
    edits: [PYTHON_EDIT],
    words: ["lr=0.3"],
  }, [TRAIN, cause("config:args.lr")]),
  price(
    "combination",
    "lr-and-script-separated",
    { edits: [PYTHON_EDIT], words: ["lr=0.3"] },
    [TRAIN, cause("config:args.lr")],
    { others: [{ words: ["lr=0.3"] }], separated: true },
  ),
  price("combination", "lr-and-label", { words: ["lr=0.3"] }, [
    cause("config:args.lr"),
    label("config:args.out"),
  ], labelled),
  price("noise", "nothing", {}, [], noisy),
  price(
    "noise",
    "lr",
    { words: ["lr=0.001"] },
    [cause("config:args.lr")],
    noisy,
  ),
  price("noise", "neutral-option", { words: ["digits=3"] }, [
    neutral("config:args.digits"),
  ], noisy),
  price("progress", "killed", { kill: { signal: "SIGKILL", epoch: 3 } }, [], {
    stops: true,
  }),
  price(
    "progress",
    "interrupted",
    { kill: { signal: "SIGINT", epoch: 3 } },
    [],
    { stops: true, seeds: "fixed" },
  ),
  price(
    "progress",
    "terminated",
    { kill: { signal: "SIGTERM", epoch: 3 } },
    [],
    { stops: true, seeds: "fixed" },
  ),
  price(
    "progress",
    "error",
    {
      edits: [
        edit(
          "train.py",
          "        rng.shuffle(rows)",
          '        if epoch == 3:\n            raise RuntimeError("planted failure")\n        rng.shuffle(rows)',
        ),
      ],
    },
    [TRAIN_SAME],
    { stops: true, seeds: "fixed" },
  ),
  price("history", "reverted", {}, [], { others: [{ edits: [PYTHON_EDIT] }] }),
  price("neutral", "nothing", {}, []),
  price("neutral", "readme", {
    edits: [{ file: "README.md", content: "Prices\n" }],
  }, []),
  price("neutral", "comment", {
    edits: [{ file: "train.py", append: "# The end.\n" }],
  }, []),
  price("neutral", "comment-in-helper", {
    edits: [{ file: "pricing/model.py", append: "# The end.\n" }],
  }, []),
  // The parser gives the same value.
  price("neutral", "option-with-its-default", { words: ["lr=0.2"] }, []),
  price("neutral", "digits", { words: ["digits=3"] }, [
    neutral("config:args.digits"),
  ]),
  price("neutral", "label", {}, [label("config:args.out")], labelled),
];

const SCRIPT = cause("code:run.sh", "code:run.sh#");
const SCRIPT_SAME = neutral("code:run.sh", "code:run.sh#");
const SHELL_EDIT = edit("run.sh", "wait=1.0", "wait=1.5");

const QUEUE: readonly Cause[] = [
  word(queue, "rate", "rate=0.7"),
  word(queue, "steps", "steps=7"),
  queue("code", "script", { edits: [SHELL_EDIT] }, [SCRIPT]),
  queue("code", "default-in-script", {
    edits: [edit("run.sh", "rate=0.8 steps", "rate=0.9 steps")],
  }, [SCRIPT]),
  queue(
    "code",
    "sourced-file",
    { edits: [edit("lib.sh", "(0.5 +", "(0.6 +")] },
    [shellFile("code:lib.sh")],
  ),
  queue("input", "rates", { edits: [edit("rates.txt", "0.4", "0.5")] }, [
    shellFile("input:rates.txt"),
  ]),
  queue("input", "rates-beside-neutral-script", {
    edits: [
      edit("rates.txt", "0.4", "0.5"),
      edit("run.sh", "# Simulates", "# It simulates"),
    ],
  }, [shellFile("input:rates.txt"), SCRIPT_SAME]),
  queue("seed", "alone", { seed: 78 }, []),
  queue("combination", "rate-and-script", {
    edits: [SHELL_EDIT],
    words: ["rate=0.7"],
  }, [SCRIPT, cause("config:args.rate")]),
  queue("combination", "rate-and-neutral", {
    words: ["rate=0.7", "title=counter"],
  }, [cause("config:args.rate"), neutral("config:args.title")]),
  queue(
    "combination",
    "rate-and-neutral-separated",
    { words: ["rate=0.7", "title=counter"] },
    [cause("config:args.rate"), neutral("config:args.title")],
    { others: [{ words: ["rate=0.7"] }], separated: true },
  ),
  queue("combination", "seed-and-rate", { seed: 79, words: ["rate=0.3"] }, [
    cause("config:args.rate"),
  ]),
  queue("progress", "killed", { kill: { signal: "SIGKILL", epoch: 3 } }, [], {
    stops: true,
  }),
  queue(
    "progress",
    "terminated",
    { kill: { signal: "SIGTERM", epoch: 2 } },
    [],
    { stops: true, seeds: "fixed" },
  ),
  queue("neutral", "nothing", {}, []),
  queue("neutral", "comment", {
    edits: [edit("run.sh", "# Simulates", "# It simulates")],
  }, [SCRIPT_SAME]),
  queue("neutral", "comment-in-sourced-file", {
    edits: [{ file: "lib.sh", append: "# The end.\n" }],
  }, []),
  queue("neutral", "title", { words: ["title=counter"] }, [
    neutral("config:args.title"),
  ]),
  queue("neutral", "label", {}, [label("config:args.out")], labelled),
  queue(
    "neutral",
    "variable-that-is-printed",
    { env: { QUEUE_NOTE: "hello" } },
    [],
  ),
];

/** All causes of these projects. */
export const PROGRAMS: readonly Cause[] = [...PRICING, ...QUEUE];

/** Tests of the config that the program's own parser resolved. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { historyOfWords, readCommand } from "../../cli/run/command_config.ts";
import { resolveConfig, seedOf } from "../../observe/_resolved_config.ts";

function resolved(
  command: string,
  values: Record<string, unknown>,
  options: readonly string[] = [],
) {
  const words = readCommand(command.split(" "));
  const source = "argparse";
  const seen = { is: "config", source, values, options, at: 1 } as const;
  return resolveConfig(words, historyOfWords(words), [seen]);
}

const CASES: readonly (readonly [
  string,
  Record<string, unknown>,
  Record<string, unknown>,
])[] = [
  ["python t.py --lr 0.2", { lr: 0.2, epochs: 3 }, {
    words: ["t.py"],
    lr: 0.2,
    epochs: 3,
  }],
  // One name for one value, however it is typed.
  ["python t.py --learning-rate 0.2", { learning_rate: 0.2 }, {
    words: ["t.py"],
    learning_rate: 0.2,
  }],
  ["python t.py --learn 0.2", { learning_rate: 0.2 }, {
    words: ["t.py"],
    learning_rate: 0.2,
  }],
  ["python t.py -n 5 data.csv", { num: 5, file: "data.csv" }, {
    words: ["t.py"],
    num: 5,
    file: "data.csv",
  }],
  ["python t.py --verbose data.csv", { verbose: true, file: "data.csv" }, {
    words: ["t.py"],
    verbose: true,
    file: "data.csv",
  }],
];

for (const [command, values, args] of CASES) {
  test(`resolveConfig: ${command}`, () => {
    assertEquals(resolved(command, values)?.config, {
      program: "python",
      args,
    });
  });
}

test("resolveConfig: a value of another name stands for the option that gave it", () => {
  const given = ["python t.py --optim.decay 0.8 --other 2", {
    decay: 0.8,
  }] as const;
  const read = { words: ["t.py"], other: 2, decay: 0.8 };
  assertEquals(
    resolved(...given, ["-h", "--help", "--optim.decay"])?.config.args,
    read,
  );
  assertEquals(resolved(...given)?.config.args, {
    ...read,
    "optim.decay": 0.8,
  });
});

test("resolveConfig: words that no parser took stay, and come from the command line", () => {
  const found = resolved("python t.py --lr 1 --other=2 rest", { lr: 1 });
  assertEquals(found?.config.args, {
    words: ["t.py", "rest"],
    other: 2,
    lr: 1,
  });
  const kinds = Object.entries(found?.history ?? {})
    .map(([path, [entry]]) => [path, entry?.kind, entry?.by]);
  assertEquals(
    kinds.filter(([path]) => !/^(program|args.words)$/.test(path!)),
    [
      ["args.other", "command-line", "other=2"],
      ["args.lr", "parser", "argparse"],
    ],
  );
});

test("resolveConfig: the jobs of a multirun of Hydra make one config, with all values of what differs", () => {
  const words = readCommand("python t.py -m lr=1,2 model=a,b".split(" "));
  const job = (lr: number, model: Record<string, unknown>) => ({
    ...{ is: "config", source: "hydra", at: 1 } as const,
    values: { lr, steps: 9, sizes: [1, 2], model },
  });
  const args = (...jobs: ReturnType<typeof job>[]) =>
    resolveConfig(words, historyOfWords(words), jobs)?.config.args;
  assertEquals(args(job(1, { name: "a" }), job(2, { name: "b", width: 3 })), {
    words: ["t.py"],
    lr: [1, 2],
    steps: 9,
    sizes: [1, 2],
    model: { name: ["a", "b"], width: [null, 3] },
  });
  // One job, seen in two processes.
  assertEquals(args(job(2, { name: "b" }), job(2, { name: "b" })), {
    words: ["t.py"],
    lr: 2,
    steps: 9,
    sizes: [1, 2],
    model: { name: "b" },
  });
});

test("resolveConfig: a word that a parser took whole is no word beside its value", () => {
  const words = ["lr=4", "model.depth=2", "fast"];
  const values = { lr: 4, model: { depth: 2 }, fast: null };
  const found = resolved(`python t.py ${words.join(" ")} rest`, values, words);
  assertEquals(found?.config.args, { words: ["t.py", "rest"], ...values });
});

test("resolveConfig: without a parser there is nothing to resolve", () => {
  const words = readCommand(["python", "t.py"]);
  assertEquals(resolveConfig(words, {}, []), undefined);
});

const SEEDS: readonly (readonly [
  readonly (readonly [string, string | null])[],
  string | undefined,
])[] = [
  [[], undefined],
  [[["random.seed", "1"]], "1"],
  [[["random.seed", "1"], ["numpy.random.seed", "1"]], "1"],
  [
    [["random.seed", "1"], ["numpy.random.seed", "2"]],
    "numpy.random.seed=2, random.seed=1",
  ],
  // A later seed of the same generator, e.g. of each epoch, follows from the code.
  [[["random.seed", "1"], ["random.seed", "2"]], "1"],
  [[["random.seed", null], ["numpy.random.seed", "2"]], undefined],
];

/** Generators of the program's own, by function, and the seed of the run. */
const OWN: readonly (readonly [
  what: string,
  seeds: readonly (readonly [string, string])[],
  expected: string | undefined,
])[] = [
  ["one", [["random.Random", "7"]], "7"],
  // Which of them decides the result is not known: the seed is equal only if all are.
  [
    "two with two seeds",
    [["random.Random", "7"], ["random.Random", "8"], ["random.Random", "7"]],
    "random.Random=7+8",
  ],
  [
    "as many as a program computes",
    Array.from({ length: 9 }, (_, i) => ["random.Random", `${i}`] as const),
    undefined,
  ],
];

for (const [what, seeds, expected] of OWN) {
  test(`seedOf: ${what} of the program's own generators is ${expected}`, () => {
    const lines = seeds.map(([name, value]) =>
      ({ is: "seed", name, value, isOwn: true }) as const
    );
    assertEquals(seedOf(lines), expected);
    const global = { is: "seed", name: "random.seed", value: "7" } as const;
    assertEquals(seedOf([...lines, global])?.includes("7"), true);
  });
}

for (const [seeds, expected] of SEEDS) {
  test(`seedOf: ${JSON.stringify(seeds)} is ${expected}`, () => {
    const lines = seeds.map(([name, value]) =>
      ({ is: "seed", name, value }) as const
    );
    assertEquals(seedOf(lines), expected);
  });
}

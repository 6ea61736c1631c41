/** What Ato relies on of `@std/cli`; passes against it and against the stand-in. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli";

// The real type follows from each call's own options; one for a whole table it has not.
type Options = Parameters<typeof parseArgs>[1];

const PARSED: [string, string, Record<string, unknown>, unknown][] = [
  ["flags with values, switches and other words", "--lr 0.1 --name=x word -v", {
    boolean: ["v"],
    string: ["name"],
  }, { _: ["word"], lr: 0.1, name: "x", v: true }],
  ["without options", "--a --b 1 --c=x -d 2 -ef y 3", {}, {
    _: [3],
    a: true,
    b: 1,
    c: "x",
    d: 2,
    e: true,
    f: "y",
  }],
  ["numbers", "--a 1e-3 --b=-5 --c 0x10 --d 007 --e 1.2.3 --f=.5", {}, {
    _: [],
    a: 1e-3,
    b: -5,
    c: 16,
    d: 7,
    e: "1.2.3",
    f: 0.5,
  }],
  ["strings that look like numbers", "--seed 007 --id=1e3 5", {
    string: ["seed", "id", "_"],
  }, { _: ["5"], seed: "007", id: "1e3" }],
  ["a string without a value", "--name", { string: "name" }, {
    _: [],
    name: "",
  }],
  ["switches that are given and not given", "--a x --c=false --d true", {
    boolean: ["a", "b", "c", "d"],
  }, { _: ["x"], a: true, b: false, c: false, d: true }],
  ["values with = and spaces", "--q=a=b", {}, { _: [], q: "a=b" }],
  ["dots make objects", "--opt.lr=0.1 --opt.name adam", {}, {
    _: [],
    opt: { lr: 0.1, name: "adam" },
  }],
  ["negation where allowed", "--no-cuda --no-log", {
    boolean: ["cuda"],
    negatable: ["cuda"],
  }, { _: [], cuda: false, "no-log": true }],
  ["negation of a default", "--no-log", {
    boolean: ["log"],
    negatable: ["log"],
    default: { log: true },
  }, { _: [], log: false }],
  ["defaults", "--a 1", { default: { a: 0, b: 2, "c.d": 3, e: [4] } }, {
    _: [],
    a: 1,
    b: 2,
    c: { d: 3 },
    e: [4],
  }],
  ["aliases", "-e 3", {
    alias: { e: ["epochs", "rounds"] },
    default: { lr: 1 },
  }, { _: [], e: 3, epochs: 3, rounds: 3, lr: 1 }],
  ["the default of an alias", "", {
    alias: { e: "epochs" },
    default: { epochs: 2 },
  }, { _: [], e: 2, epochs: 2 }],
  ["the last of several values", "--a 1 --a 2 --b=x --b=y", {}, {
    _: [],
    a: 2,
    b: "y",
  }],
  ["values to be collected", "--a 1 --a 2 --b 3", {
    collect: ["a", "b", "c"],
    string: ["c"],
    alias: { b: "bb" },
  }, { _: [], a: [1, 2], b: [3], bb: [3], c: [] }],
  ["what follows --", "a -- --lr 1", {}, { _: ["a", "--lr", "1"] }],
  ["what follows --, apart", "a -- --no-lr 1", { "--": true }, {
    _: ["a"],
    "--": ["--no-lr", "1"],
  }],
  ["nothing parsed behind the first word", "--a 1 cmd --a 2 --no-b", {
    stopEarly: true,
  }, { _: ["cmd", "--a", "2", "--no-b"], a: 1 }],
  ["words like lr=0.1", "lr=0.1 preset", {}, { _: ["lr=0.1", "preset"] }],
  ["hostile names", "--__proto__.polluted=1 --constructor=2 --a=3", {}, {
    _: [],
    a: 3,
  }],
];

for (const [name, words, options, expected] of PARSED) {
  test(`parseArgs: ${name}`, () => {
    const args = words.split(" ").filter((word) => word !== "");
    const given = [...args];
    assertEquals<unknown>(parseArgs(args, options as Options), expected);
    assertEquals(args, given);
    assertEquals(({} as Record<string, unknown>).polluted, undefined);
  });
}

test("parseArgs: flags that no option names can be left out", () => {
  const told: string[] = [];
  const parsed = parseArgs(["word", "--a=1", "--b=2", "--no-c"], {
    string: ["a"],
    unknown: (arg: string) => {
      told.push(arg);
      return false;
    },
  });
  assertEquals<unknown>(parsed, { _: [], a: "1" });
  assertEquals(told, ["word", "--b=2", "--no-c"]);
});

test("parseArgs: what it gives is typed loosely where no option says more", () => {
  const lr: number = parseArgs(["--lr", "0.1"]).lr;
  const words: (string | number)[] = parseArgs(["a"])._;
  assertEquals([lr, words], [0.1, ["a"]]);
});

/** What Ato relies on in `@std/cli`; passes with the real package and with the stand-ins. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli";
import { parseArgs as parseArgsOfPath } from "@std/cli/parse-args";
import { unicodeWidth } from "@std/cli/unicode-width";

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

test("parseArgs: strings and words stay strings, also after --", () => {
  const parsed = parseArgsOfPath(["007", "--id=-1", "--", "1e3", "-x"], {
    string: ["id", "_"],
  });
  assertEquals<unknown>(parsed, { _: ["007", "1e3", "-x"], id: "-1" });
});

test("parseArgs: a switch with its value leaves the next word alone", () => {
  const parsed = parseArgsOfPath(["--yes=true", "true", "--no-log", "false"], {
    boolean: ["yes", "log"],
    negatable: ["yes", "log"],
  });
  assertEquals<unknown>(parsed, {
    _: ["true", "false"],
    yes: true,
    log: false,
  });
});

test("parseArgs: an error of the callback for unknown flags ends the parsing", () => {
  for (
    const word of ["--nope", "--nope=1", "--__proto__", "--toString", "-x"]
  ) {
    const told: string[] = [];
    let thrown: unknown;
    try {
      parseArgsOfPath(["--a=1", word, "more"], {
        string: ["a"],
        unknown: (arg: string) => {
          told.push(arg);
          throw new RangeError(arg);
        },
      });
    } catch (error) {
      thrown = error;
    }
    assertEquals([thrown instanceof RangeError, told], [true, [word]]);
  }
});

const WIDTHS:
  readonly (readonly [what: string, text: string, width: number])[] = [
    ["nothing", "", 0],
    ["ASCII", "loss = 0.25~", 12],
    ["Latin and Greek", "naïve Ωλ", 8],
    ["Chinese", "天地玄黃", 8],
    ["Japanese", "ひらがなカタカナ", 16],
    ["halfwidth Katakana", "ｶﾀｶﾅ", 4],
    ["Hangul syllables", "한국어", 6],
    ["Hangul of parts", "\u1112\u1161\u11ab", 2],
    ["fullwidth forms", "ｆｕｌｌ", 8],
    ["an ideograph beyond the basic plane", "\u{20000}", 2],
    ["an emoji", "🦕", 2],
    ["emoji joined to a family", "👨\u200d👩\u200d👧", 6],
    ["an emoji with a skin tone", "👍\u{1f3fd}", 4],
    ["a flag", "🇩🇪", 2],
    ["a variation selector", "❤\ufe0f", 1],
    ["a combining mark", "e\u0301", 1],
    ["Devanagari with a vowel sign", "\u0915\u0941", 1],
    ["an enclosing mark", "1\u20dd", 1],
    ["control characters", "\0\t\n\u001b\u007f\u0085", 0],
    [
      "zero-width space, joiners and marks",
      "\u200b\u200c\u200d\u200e\ufeff",
      0,
    ],
    ["a soft hyphen", "\u00ad", 1],
    ["a tag character", "\u{e0041}", 0],
    ["ambiguous width: the narrow one", "±°α①…─█▁", 8],
    ["block and braille characters", "▂▇⣿", 3],
    ["private use", "\ue000", 1],
    ["half of a pair", "\ud800", 1],
  ];

for (const [what, text, width] of WIDTHS) {
  test(`unicodeWidth: ${what}`, () => {
    assertEquals(unicodeWidth(text), width);
  });
}

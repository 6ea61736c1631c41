/** The grammar of the command line: what `@std/cli` accepts without a word is refused. */
import { test } from "node:test";
import { parseArgs } from "node:util";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { readArguments } from "../../cli/arguments.ts";
import { type Command, UsageError } from "../../cli/command.ts";

const OPTIONS = {
  tag: { type: "string", multiple: true },
  limit: { type: "string", default: "50" },
  force: { type: "boolean", default: false },
} as const;
const GLOBAL = {
  db: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const COMMAND: Command = {
  name: "x",
  summary: "",
  usage: "",
  options: OPTIONS,
  examples: [],
  run: () => Promise.resolve(0),
};
const DEFAULTS = { limit: "50", force: false, json: false, help: false };

const READ: readonly (readonly [
  given: readonly string[],
  words: readonly string[],
  options: Record<string, unknown>,
])[] = [
  [[], [], {}],
  [["a", "--limit", "5", "b"], ["a", "b"], { limit: "5" }],
  [["--limit=007", "1e3", "lr=0.1"], ["1e3", "lr=0.1"], { limit: "007" }],
  [["--limit=-1"], [], { limit: "-1" }],
  [["--limit", "-"], [], { limit: "-" }],
  [["--limit="], [], { limit: "" }],
  [["--limit", ""], [], { limit: "" }],
  [["--limit=1", "--limit=2"], [], { limit: "2" }],
  [["--tag", "a", "--tag=b=c"], [], { tag: ["a", "b=c"] }],
  [["--force", "true"], ["true"], { force: true }],
  [["--force", "--no-force"], [], { force: false }],
  [["--no-json", "false"], ["false"], { json: false }],
  [["-h"], [], { help: true }],
  [["-", ""], ["-", ""], {}],
  [
    ["a", "--", "--force", "--nope", "-1"],
    ["a", "--force", "--nope", "-1"],
    {},
  ],
  [["--tag", "two\nlines"], [], { tag: ["two\nlines"] }],
];

for (const [given, words, options] of READ) {
  test(`readArguments: ${JSON.stringify(given)}`, () => {
    assertEquals(readArguments(COMMAND, given), {
      words,
      options: { ...DEFAULTS, ...options },
    });
  });
}

const REFUSED: readonly (readonly [
  given: readonly string[],
  said: string,
])[] = [
  [["--lmit=1"], "it has no option --lmit; did you mean --limit?"],
  [["--qqqq"], "it has no option --qqqq; `ato x --help` lists its options"],
  [
    ["--no-limit"],
    "it has no option --no-limit; `ato x --help` lists its options",
  ],
  [["--no-", "a"], "it has no option --no-; `ato x --help` lists its options"],
  [["--a.b=1"], "it has no option --a.b; `ato x --help` lists its options"],
  [
    ["--__proto__"],
    "it has no option --__proto__; `ato x --help` lists its options",
  ],
  [
    ["--toString=1"],
    "it has no option --toString; `ato x --help` lists its options",
  ],
  [["-x"], "it has no option -x; `ato x --help` lists its options"],
  [["-hx"], "it has no option -x; `ato x --help` lists its options"],
  [["-1"], "it has no option -1; `ato x --help` lists its options"],
  [["--limit"], "--limit needs a value; `ato x --help` lists its options"],
  [
    ["--limit", "-1"],
    "the value of --limit is ambiguous; write --limit=-1 if -1 is its value",
  ],
  [
    ["--limit", "--"],
    "the value of --limit is ambiguous; write --limit=-- if -- is its value",
  ],
  [
    ["--force=true"],
    "--force takes no value; `ato x --help` lists its options",
  ],
  [
    ["--no-json=1"],
    "--no-json takes no value; `ato x --help` lists its options",
  ],
  // The unknown option is the more likely mistake.
  [
    ["--limit", "-1", "--frce"],
    "it has no option --frce; did you mean --force?",
  ],
  [
    ["--no-json", "--limit"],
    "--limit needs a value; `ato x --help` lists its options",
  ],
];

for (const [given, said] of REFUSED) {
  test(`readArguments: ${JSON.stringify(given)} is refused`, () => {
    const error = assertThrows(() => readArguments(COMMAND, given), UsageError);
    assertEquals(error.message, `Cannot run ato x: ${said}`);
  });
}

test("readArguments: reads and refuses what the strict parser of node:util does", () => {
  const WORDS = [
    ...["--tag", "--tag=a", "--limit", "--limit=", "--limit=5", "-1", "-", ""],
    ...["--", "--force", "--force=true", "--no-force", "--no-json=1", "true"],
    ...["--no-limit", "false", "a", "lr=0.1", "--db", "--db=a=b", "-h", "-hx"],
    ...["-xh", "--nope", "--tga=1", "x.y", "--a.b=1", "--__proto__", "---x"],
    ...[
      "--constructor=2",
      "--toString",
      "007",
      "1e3",
      "--=x",
      "-=",
      "--help=1",
    ],
    ...["0x10", "--no-", "--no-no-force", "--db=true", "-hh", "x\ny"],
  ];
  const read = (work: () => unknown) => {
    try {
      return work();
    } catch (error) {
      if (error instanceof TypeError || error instanceof UsageError) {
        return "refused";
      }
      throw error;
    }
  };
  const line = fc.array(fc.constantFrom(...WORDS), { maxLength: 6 });
  fc.assert(
    fc.property(line, (words) => {
      const expected = read(() => {
        const { positionals, values } = parseArgs({
          args: words,
          options: { ...GLOBAL, ...OPTIONS },
          allowPositionals: true,
          allowNegative: true,
        });
        return { words: positionals, options: { ...values } };
      });
      assertEquals(read(() => readArguments(COMMAND, words)), expected);
    }),
    { seed: 11, numRuns: 3000 },
  );
});

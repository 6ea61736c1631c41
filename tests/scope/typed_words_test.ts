/** What users plausibly type: none of it silently sets a key that was not meant. */
import { test } from "node:test";
import { parseArgs as parseStdArgs } from "@std/cli";
import { parseArgs as parseNodeArgs } from "node:util";
import fc from "fast-check";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type AssignmentWord,
  CommandLineError,
  MultiScope,
  parseCommandLine,
  Scope,
  UnknownKeyError,
  UnknownViewError,
} from "@ato/ato/scope";
import { formatPath } from "@ato/ato/adict";
import { captureConsole } from "./capture_console.ts";

const CONFIG = {
  lr: 0.1,
  "a.b": 5,
  files: { "train.csv": 1, "test.csv": { rows: 2 }, test: { other: 0 } },
  both: { x: 1 },
  "both.x": 2,
  model: { depth: 50, width: 1 },
  batch_size: 8,
  "gr\u00f6\u00dfe": 1,
};

function makeScope(): Scope {
  const scope = new Scope({ config: structuredClone(CONFIG) });
  scope.observe("wide", { hidden: 1 });
  return scope;
}

/** Each uses the forms that the message suggests for a key with a dot. */
const DOTTED: [typed: string, dotted: string, nested: string][] = [
  ["a.b=6", "%a.b%=6", "a[%b%]=6"],
  ["files.train.csv=7", "files.%train.csv%=7", "files.train[%csv%]=7"],
  [
    "files.test.csv.rows=7",
    "files.%test.csv%.rows=7",
    "files.test[%csv%].rows=7",
  ],
  ["both.x=7", "%both.x%=7", "both[%x%]=7"],
  ["a.b:=6 b", "%a.b%:=6 b", "a[%b%]:=6 b"],
];

test("CommandLineError: a path that could also be a key with dots; both suggested forms work", () => {
  for (const [typed, dotted, nested] of DOTTED) {
    const error = assertThrows(
      () => makeScope().apply([typed]),
      CommandLineError,
      "there is a key with dots in its name",
    );
    const advised = /write (.*) for this key, or (.*) for a key in/.exec(
      error.message,
    )!;
    assertEquals([advised[1], advised[2]], [dotted, nested], typed);
    const read = (word: string): AssignmentWord =>
      parseCommandLine([word])[0] as AssignmentWord;
    for (const word of [dotted, nested]) {
      const { path, value } = read(word);
      const config = makeScope().apply([word]);
      assertEquals(config.getByPath(path), value, word);
    }
    assertEquals(read(dotted).path.length + 1, read(nested).path.length);
  }
  // Quotes that a shell kept say which key is meant, and need no warning.
  const warned = captureConsole("warn", () => {
    assertEquals(makeScope().apply(['"a.b"=6']).get("a.b"), 6);
    assertEquals(makeScope().apply(['a["b"]=6']).get("a.b"), 5);
    const listed = new Scope({ config: { "a.0": 1, a: [2] } });
    assertEquals(listed.apply(["a[0]=3"]).toObject(), { "a.0": 1, a: [3] });
  });
  assertEquals(warned, []);
});

test("CommandLineError: with several scopes the suggested forms have the name of the scope", () => {
  const model = new Scope({ name: "model", config: { "a.b": 1, lr: 1 } });
  const data = new Scope({ name: "data" });
  const scope = new MultiScope(model, data);
  assertThrows(
    () => scope.apply(["model.a.b=6"]),
    CommandLineError,
    "write model.%a.b%=6 for this key, or model.a[%b%]=6",
  );
  assertEquals(scope.apply(["model.%a.b%=6"]).model.get("a.b"), 6);
  const warned = captureConsole(
    "warn",
    () => void scope.apply(["model.LR=2"]),
  );
  assertEquals(warned, ["no view sets model.LR; did you mean model.lr?"]);
});

test("CommandLineError: a new key that ends with -, because lr-=1 looks like an operator", () => {
  assertThrows(
    () => makeScope().apply(["lr-=1"]),
    CommandLineError,
    "write lr=value, or quote the key as %lr-%",
  );
  assertThrows(
    () => makeScope().apply(["model.depth--=1"]),
    CommandLineError,
    "write model.depth=value",
  );
  assertEquals(makeScope().apply(["%lr-%=1"]).get("lr-"), 1);
  const known = new Scope({ config: { "lr-": 1 } });
  assertEquals(known.apply(["lr-=2"]).get("lr-"), 2);
});

const SLIPS: [typed: string, meant: string][] = [
  ["config.lr=2", "did you mean lr?"],
  ["config.model.depth=2", "did you mean model.depth?"],
  ["depth=2", "did you mean model.depth?"],
  ["model/depth=2", "did you mean model.depth?"],
  ["model-depth=2", "did you mean model.depth?"],
  ["model_depth=2", "did you mean model.depth?"],
  ["modelDepth=2", "did you mean model.depth?"],
  ["batch.size=2", "did you mean batch_size?"],
  ["batchSize=2", "did you mean batch_size?"],
  ["LR=2", "did you mean lr?"],
  ["gro\u0308\u00dfe=2", "did you mean gr\u00f6\u00dfe?"],
  ["wide=true", "to apply the view, write wide alone"],
  ["print=1", "to apply the view, write print alone"],
];

test("apply: a key that is probably mistyped is a warning, and an error if the scope is strict", () => {
  for (const [typed, meant] of SLIPS) {
    const key = formatPath(typed.slice(0, typed.indexOf("=")).split("."));
    const warned = captureConsole(
      "warn",
      () => void makeScope().apply([typed]),
    );
    assertEquals(warned, [`no view sets ${key}; ${meant}`], typed);
    const strict = new Scope({ config: CONFIG, strict: true });
    strict.observe("wide", { hidden: 1 });
    const error = assertThrows(
      () => strict.apply([typed]),
      UnknownKeyError,
      meant,
      typed,
    );
    assertEquals(error.key, key);
  }
});

test("apply: a new key that resembles no other is set without a warning", () => {
  for (const typed of ["tag=2", "model.heads=2", "new.group.key=2", "size=2"]) {
    const warned = captureConsole(
      "warn",
      () => void makeScope().apply([typed]),
    );
    assertEquals(warned, [], typed);
  }
  // Two keys end like this one, so neither is suggested.
  const scope = new Scope({ config: { a: { size: 1 }, b: { size: 1 } } });
  assertEquals(
    captureConsole("warn", () => void scope.apply(["size=2"])),
    [],
  );
});

test("apply: warns of a value that replaces a whole mapping", () => {
  const warnings = (typed: string) =>
    captureConsole("warn", () => void makeScope().apply([typed]));
  assertEquals(warnings("model=resnet50"), [
    "model=resnet50 replaces all keys in model (depth, width); to set only one, write model.depth=value",
  ]);
  assertEquals(warnings("files.test=[1]"), [
    "files.test=[1] replaces all keys in files.test (other); to set only one, write files.test.other=value",
  ]);
  for (
    const typed of ["model={depth: 3}", "model=null", "lr=high", "new=resnet50"]
  ) assertEquals(warnings(typed), [], typed);
  const model = new Scope({ name: "model", config: { head: { size: 1 } } });
  assertEquals(
    captureConsole(
      "warn",
      () => void new MultiScope(model).apply(["model.head=big"]),
    ),
    [
      "model.head=big replaces all keys in model.head (size); to set only one, write model.head.size=value",
    ],
  );
});

test("UnknownViewError: words of other tools say what to write instead", () => {
  const cases: [string, string][] = [
    ["lr:2", "write lr=2"],
    ["lr: 2", "write lr=2"],
    ["lr:", "write lr=value"],
    ["model.depth:2", "write model.depth=2"],
    ["~lr", "write lr=null"],
  ];
  for (const [typed, mend] of cases) {
    assertThrows(
      () => makeScope().apply([typed]),
      UnknownViewError,
      mend,
      typed,
    );
  }
});

test("apply: whatever is typed around a known key, no other key changes without a warning", () => {
  const sign = fc.constantFrom(..."+-~!@#$%^&*/:.,;<>?|=–— \"'".split(""));
  const affix = fc.array(sign, { maxLength: 2 }).map((signs) => signs.join(""));
  fc.assert(
    fc.property(affix, affix, (before, after) => {
      const scope = new Scope({ config: { lr: 0.1 } });
      let keys: string[] = [];
      const warned = captureConsole("warn", () => {
        try {
          keys = [...scope.apply([`${before}lr${after}=2`]).keys()];
        } catch (error) {
          assert(
            error instanceof CommandLineError ||
              error instanceof UnknownViewError,
            String(error),
          );
          keys = ["lr"];
        }
      });
      assert(
        keys.join() === "lr" || warned.length > 0 ||
          // `$` can be part of a key.
          /^\$+$/.test(before + after) || /\$/.test(keys.join()) ||
          // A quoted key is meant as it was typed.
          /["'%]/.test(before),
        `${before}lr${after}=2 gives ${keys.join()}`,
      );
    }),
    { seed: 31, numRuns: 3000 },
  );
});

test("parseCommandLine: every integer is read exactly, in every notation", () => {
  const spelling = fc.constantFrom(
    (n: bigint) => n.toString(),
    (n: bigint) => `0x${n.toString(16)}`,
    (n: bigint) => `0o${n.toString(8)}`,
    (n: bigint) => `0b${n.toString(2)}`,
    (n: bigint) => n.toString().replace(/\B(?=(\d{3})+$)/g, "_"),
    (n: bigint) => `0X${n.toString(16).toUpperCase()}`,
  );
  const magnitude = fc.bigInt({ min: 0n, max: 2n ** 140n });
  fc.assert(
    fc.property(
      magnitude,
      spelling,
      fc.constantFrom("", "-", "+"),
      fc.constantFrom("", "n"),
      (n, spell, sign, mark) => {
        const [word] = parseCommandLine([`x=${sign}${spell(n)}${mark}`]);
        const { value } = word as AssignmentWord;
        const exact = sign === "-" ? -n : n;
        assert(typeof value === "number" || typeof value === "bigint");
        assertEquals(BigInt(value), exact);
        if (mark !== "") assertEquals(typeof value, "bigint");
        else {
          // A number if a number is exact.
          assertEquals(
            typeof value,
            BigInt(Number(exact)) === exact ? "number" : "bigint",
          );
        }
      },
    ),
    { seed: 32, numRuns: 1000 },
  );
});

test("use: an integer that the parser rounds is read exactly", () => {
  const seed = 16045690984503098047n;
  const text = String(seed);
  const std = new Scope();
  std.use((args) => parseStdArgs(args, { alias: { s: "seed" } }));
  for (
    const argv of [
      [`--seed=${text}`],
      ["--seed", text],
      ["--seed=1", `--seed=${text}`],
    ]
  ) {
    assertEquals(std.apply(argv).seed, seed, argv.join(" "));
  }
  assertEquals(std.apply(["--seed=1e300"]).seed, 1e300);
  assertEquals(std.apply(["--seed=42"]).seed, 42);
  const node = new Scope();
  node.use((args) =>
    parseNodeArgs({ args, options: { seed: { type: "string" } } })
  );
  assertEquals(node.apply(["--seed", text]).seed, text);
});

import { test } from "node:test";
import fc from "fast-check";
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type AssignmentWord,
  CommandLineError,
  formatValue,
  parseCommandLine,
  quote,
  Scope,
} from "@ato/ato/scope";
import { formatPath } from "@ato/ato/adict";
import { captureConsole } from "./capture_console.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

function valueOf(argv: string | readonly string[]): unknown {
  const [word, ...more] = parseCommandLine(argv);
  assertEquals(more, []);
  assertEquals(word?.kind, "assignment");
  return (word as AssignmentWord).value;
}

const VALUES: [text: string, value: unknown][] = [
  ["0.01", 0.01],
  ["64", 64],
  ["-3", -3],
  ["+3", 3],
  ["-0", -0],
  ["1_000_000", 1000000],
  ["1e-3", 0.001],
  ["1E5", 100000],
  [".5", 0.5],
  ["5.", 5],
  ["1_0.2_5e1", 102.5],
  ["0xff", 255],
  ["-0xF_F", -255],
  ["0o17", 15],
  ["0b101", 5],
  ["9007199254740992", 9007199254740992],
  ["9007199254740993n", 9007199254740993n],
  ["-1n", -1n],
  ["9007199254740993", 9007199254740993n],
  ["-9007199254740993", -9007199254740993n],
  ["+16045690984503098046", 16045690984503098046n],
  ["16_045_690_984_503_098_047", 16045690984503098047n],
  ["1" + "0".repeat(400), 10n ** 400n],
  ["0xDEADBEEFCAFEBABE", 0xDEADBEEFCAFEBABEn],
  ["-0xDEAD_BEEF_CAFE_BABE", -0xDEADBEEFCAFEBABEn],
  ["0o1777777777777777777777", 2n ** 64n - 1n],
  ["0b1" + "_0000".repeat(16) + "1", 2n ** 65n + 1n],
  ["0xDEADBEEFCAFEBABEn", 0xDEADBEEFCAFEBABEn],
  ["0xffn", 255n],
  ["-0o17n", -15n],
  ["+0b1_01n", 5n],
  ["0n", 0n],
  ["1152921504606846976", 1152921504606846976],
  ["1152921504606847000", 1152921504606847000n],
  ["0x1" + "0".repeat(256), 2n ** 1024n],
  ["12N", "12N"],
  ["1.5n", "1.5n"],
  ["007n", "007n"],
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["null", null],
  ["None", null],
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["", ""],
  ["adam", "adam"],
  ["first try", "first try"],
  ["nan", "nan"],
  ["undefined", "undefined"],
  ["TRUE", "TRUE"],
  ["007", "007"],
  ["1__0", "1__0"],
  ["0x", "0x"],
  ["12e4567", "12e4567"],
  ["1.2.3", "1.2.3"],
  ["50%", "50%"],
  ["don't", "don't"],
  ["a=b", "a=b"],
  ["1,2", "1,2"],
  ["http://host:80/x?y=z", "http://host:80/x?y=z"],
  ["%resnet101%", "resnet101"],
  ["%1%", "1"],
  ["%%", ""],
  ["%50%% off%", "50% off"],
  ['"a b"', "a b"],
  ["'a b'", "a b"],
  ["'it''s'", "it's"],
  ['"say \\"hi\\""', 'say "hi"'],
  ["%a\\nb\\tc\\\\d%", "a\nb\tc\\d"],
  ["%\\x41\\u00e9\\u{1F600}%", "Aé😀"],
  ["%\\d+\\q%", "\\d+\\q"],
  ["%\\u{110000}%", "\\u{110000}"],
  ["[]", []],
  ["[ ]", []],
  ["[64,128]", [64, 128]],
  ["[64, 128, ]", [64, 128]],
  ["[a, %b, c%, None]", ["a", "b, c", null]],
  ["[[1, 2], [3]]", [[1, 2], [3]]],
  ["(1, 2)", [1, 2]],
  ["(1,)", [1]],
  ["(1)", 1],
  ["()", []],
  ["{}", {}],
  ["{name: adam, betas: [0.9, 0.999]}", { name: "adam", betas: [0.9, 0.999] }],
  ["{%a b%: 1, 'c': {d: (1, 2)}}", { "a b": 1, c: { d: [1, 2] } }],
  ["{1: one, a b: c}", { "1": "one", "a b": "c" }],
  ["{url: http://host:80/}", { url: "http://host:80/" }],
  ["[0xDEADBEEFCAFEBABE, 1]", [0xDEADBEEFCAFEBABEn, 1]],
  ["{seed: 16045690984503098047}", { seed: 16045690984503098047n }],
  ["a,b=c", "a,b=c"],
  ["%=1%", "=1"],
];

test("parseCommandLine: each form of a value", () => {
  for (const [text, value] of VALUES) {
    const read = valueOf(["x=" + text]);
    assert(
      Object.is(read, value) || typeof value === "object",
      `x=${text} reads as ${String(read)}`,
    );
    assertEquals(read, value, `x=${text}`);
  }
});

test("parseCommandLine: a value that the shell split is read as the same value", () => {
  for (
    const text of [
      "x=[1, 2]",
      "x={name: adam, betas: [0.9, 0.999]}",
      "x=%first try here%",
      "x=[%a b%, (1, 2)]",
      "x='q q'",
    ]
  ) {
    const whole = valueOf([text]);
    assertEquals(valueOf(text.split(" ")), whole, text);
    assertEquals(valueOf(text), whole, text);
  }
});

test("parseCommandLine: a whole command line as one string", () => {
  const words = parseCommandLine(
    "  lr=0.1 wide  layers=[1, 2] name=%a  b%\tdeep ",
  );
  assertEquals(
    words.map((word) => word.kind === "view" ? word.name : word.value),
    [
      0.1,
      "wide",
      [1, 2],
      "a  b",
      "deep",
    ],
  );
});

test("parseCommandLine: words keep what was typed", () => {
  const words = parseCommandLine(["lr=0.1", "layers=[1,", "2]", "wide"]);
  assertEquals(words.map((word) => word.text), [
    "lr=0.1",
    "layers=[1, 2]",
    "wide",
  ]);
});

test("parseCommandLine: each form of a key path", () => {
  const cases: [string, (string | number)[]][] = [
    ["a=1", ["a"]],
    ["a.b.c=1", ["a", "b", "c"]],
    ["layers[0]=1", ["layers", 0]],
    ["layers[12][3].lr=1", ["layers", 12, 3, "lr"]],
    ["layers.0=1", ["layers", "0"]],
    ['"a.b".c=1', ["a.b", "c"]],
    ["%a b%.c=1", ["a b", "c"]],
    ["t['k=v']=1", ["t", "k=v"]],
    ['""=1', [""]],
    ["größe.日本=1", ["größe", "日本"]],
    ["a-b.c/d=1", ["a-b", "c/d"]],
    ["__proto__.x=1", ["__proto__", "x"]],
  ];
  for (const [text, path] of cases) {
    const [word] = parseCommandLine([text]);
    assertEquals(
      word?.kind === "assignment" ? word.path : undefined,
      path,
      text,
    );
  }
});

test("parseCommandLine: key:=text uses the rest of the word as it is", () => {
  assertEquals(valueOf(["x:=[not a list"]), "[not a list");
  assertEquals(valueOf(["x:=0.5"]), "0.5");
  assertEquals(valueOf(["x:="]), "");
  assertEquals(valueOf(["x:=C:\\new\\table"]), "C:\\new\\table");
  assertEquals(valueOf(["x:= a=b "]), " a=b ");
});

const MISTAKES: [argv: string[], word: string, column: number, fix: string][] =
  [
    [["layers=[1,"], "layers=[1,", 8, "close it with ]"],
    [["layers=[1,", "2"], "layers=[1, 2", 8, "close it with ]"],
    [["x=(1"], "x=(1", 3, "close it with )"],
    [["x={a: [1}"], "x={a: [1}", 9, "commas"],
    [["x={a"], "x={a", 3, "close it with }"],
    [["x={a: "], "x={a: ", 3, "close it with }"],
    [["x=%open"], "x=%open", 3, "close it with %"],
    [["x='open", "on"], "x='open on", 3, "close it with '"],
    [["x=[1]]"], "x=[1]]", 6, "quote the whole value"],
    [["x=%a%b"], "x=%a%b", 6, "quote the whole value"],
    [["x=[1,,2]"], "x=[1,,2]", 6, "remove the extra character"],
    [["x=[,]"], "x=[,]", 4, "remove the extra character"],
    [["x=[1 2]"], "x=[1 2]", 6, "commas"],
    [["x={a}"], "x={a}", 5, "{key: value, …}"],
    [["x={: 1}"], "x={: 1}", 4, "{key: value, …}"],
    [["x={a: 1, a: 2}"], "x={a: 1, a: 2}", 10, "remove one"],
    [["lr=0.1 b=2"], "lr=0.1 b=2", 8, "a separate word"],
    [["=1"], "=1", 1, "key=value"],
    [["a..b=1"], "a..b=1", 3, "key=value"],
    [["a.=1"], "a.=1", 3, "key=value"],
    [["a b=1"], "a b=1", 3, "quote a key"],
    [["lr==2"], "lr==2", 4, "with one ="],
    [["lr==="], "lr===", 4, "with one ="],
    [["lr", "=2"], "=2", 1, "without a space before the ="],
    [["lr", "=", "2"], "=", 1, "without a space before the ="],
    [[".a=1"], ".a=1", 1, "group.key=value"],
    [["a[0].=1"], "a[0].=1", 6, "group.key=value"],
    [["+new=1"], "+new=1", 1, "write new=1"],
    [["++lr=2"], "++lr=2", 1, "write lr=2"],
    [["~lr=2"], "~lr=2", 1, "write lr=null"],
    [["–lr=2"], "–lr=2", 1, "write lr=2"],
    [["——lr=2"], "——lr=2", 1, "write lr=2"],
    [["-lr=2"], "-lr=2", 1, "write lr=2"],
    [["lr+=1"], "lr+=1", 3, "write lr=value"],
    [["model.lr*=2"], "model.lr*=2", 9, "write model.lr=value"],
    [["lr/=2"], "lr/=2", 3, "write lr=value"],
    [["lr**=2"], "lr**=2", 3, "write lr=value"],
    [["lr??=2"], "lr??=2", 3, "write lr=value"],
    [["lr!=2"], "lr!=2", 3, "write lr=value"],
    [["lr<=2"], "lr<=2", 3, "write lr=value"],
    [["lr%=2"], "lr%=2", 3, "write lr=value"],
    [["@lr=2"], "@lr=2", 1, "quote a key"],
    [["“lr”=2"], "“lr”=2", 1, "quote a key"],
    [["lr;=2"], "lr;=2", 3, "quote a key"],
    [["a/=1"], "a/=1", 2, "write a=value"],
    [["/a=1"], "/a=1", 1, "quote a key"],
    [["lr=0.1,b=2"], "lr=0.1,b=2", 8, "a separate word"],
    [["lr=true,model.depth=2"], "lr=true,model.depth=2", 9, "a separate word"],
    [["a[x]=1"], "a[x]=1", 2, "whole number"],
    [["a[-1]=1"], "a[-1]=1", 2, "whole number"],
    [["a[1=1"], "a[1=1", 2, "whole number"],
    [["a[99999999999]=1"], "a[99999999999]=1", 2, "whole number"],
    [["a(b=1"], "a(b=1", 2, "quote a key"],
    [["--lr=0.1"], "--lr=0.1", 1, "write lr=0.1"],
    [["--lr 3"], "--lr 3", 1, "write lr=3,"],
    [["+=1"], "+=1", 1, "write key=1,"],
    [["--fast"], "--fast", 1, "write fast=value"],
    [["-x"], "-x", 1, "scope.use"],
    [["fine=1", "also=2", "x=[1"], "x=[1", 3, "close it with ]"],
    [["x=" + "[".repeat(5000)], "x=" + "[".repeat(5000), 104, "from a file"],
  ];

test("CommandLineError: names the word, the column and how to fix it", () => {
  for (const [argv, word, column, fix] of MISTAKES) {
    const error = assertThrows(
      () => parseCommandLine(argv),
      CommandLineError,
      undefined,
      argv.join(" ").slice(0, 60),
    );
    assertEquals(
      [error.word, error.column],
      [word, column],
      argv.join(" ").slice(0, 60),
    );
    assertStringIncludes(error.message, fix);
    assert(!error.message.endsWith("."), error.message);
    const [shown, caret] = error.excerpt.split("\n");
    assertEquals([shown, caret], [word, " ".repeat(column - 1) + "^"]);
  }
});

test("CommandLineError: what it says to write can be read", () => {
  let advised = 0;
  for (const [argv] of MISTAKES) {
    const { message } = assertThrows(() => parseCommandLine(argv), Error);
    const after = message.slice(message.lastIndexOf("; ") + 2);
    for (const [word] of after.matchAll(/[^\s,]+=[^\s,]+/g)) {
      const [read] = parseCommandLine([word]);
      assertEquals(read?.kind, "assignment", `${argv.join(" ")}: ${word}`);
      advised++;
    }
  }
  assert(advised > 30);
});

const plainValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: CODE_POINT }),
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom(
      "None",
      "007",
      "1e3",
      "%",
      "%%",
      "\\",
      "a\\",
      "[",
      "a, b",
      " x ",
      "0n",
      "-",
    ),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: CODE_POINT }), tie("value"), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).value;

test("formatValue: any value is read back as the same value", () => {
  fc.assert(
    fc.property(plainValue, (value) => {
      const text = `x=${formatValue(value)}`;
      assertEquals(valueOf([text]), value);
      assertEquals(valueOf(text), value);
      // What the shell splits at single spaces is joined again.
      assertEquals(valueOf(text.split(" ")), value);
    }),
    { seed: 20, numRuns: 1000 },
  );
});

test("quote: any string is read back as the same string", () => {
  fc.assert(
    fc.property(fc.string({ unit: CODE_POINT }), (text) => {
      assertEquals(valueOf([`x=${quote(text)}`]), text);
    }),
    { seed: 21, numRuns: 500 },
  );
});

test("formatPath: any path is read back as the same path", () => {
  const key = fc.oneof(
    fc.string({ unit: CODE_POINT }),
    fc.string(),
    fc.constantFrom("__proto__", "a.b", "", '"'),
  );
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), (path) => {
      // A word that starts with a dash is a flag, so such a path needs quotes on a command line.
      fc.pre(!formatPath(path).startsWith("-"));
      const [word] = parseCommandLine([`${formatPath(path)}=1`]);
      assertEquals(word?.kind === "assignment" ? word.path : undefined, path);
    }),
    { seed: 22, numRuns: 500 },
  );
});

const noise = fc.oneof(
  fc.string({ unit: CODE_POINT }),
  fc.string(),
  fc.array(
    fc.constantFrom(
      ..."[](){}=:,.%\"'\\- \t\n01xnae".split(""),
      "__proto__",
      "constructor",
      ":=",
      "NaN",
      "lr",
      "é",
    ),
    { maxLength: 12 },
  ).map((characters) => characters.join("")),
);

test("parseCommandLine: any input is read or is a typed error, and no prototype changes", () => {
  const before = Object.getOwnPropertyNames(Object.prototype).join();
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 5 }), (argv) => {
      const scope = new Scope({
        config: { lr: 0.1, layers: [{ lr: 1 }], model: { depth: 3 } },
      });
      scope.observe("wide", { hidden: [1] });
      try {
        captureConsole("warn", () => void scope.apply(argv));
      } catch (error) {
        const name = (error as Error).name;
        assert(
          ["CommandLineError", "UnknownViewError"].includes(name),
          `${JSON.stringify(argv)}: ${(error as Error).stack}`,
        );
      }
      assertEquals(Object.getOwnPropertyNames(Object.prototype).join(), before);
    }),
    { seed: 23, numRuns: 1500 },
  );
});

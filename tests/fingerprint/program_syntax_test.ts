import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { differences, snapshotOf } from "./_program_project.ts";

/** A module, the part of it that is edited, what replaces that, and the pieces that differ. */
type Case = readonly [
  name: string,
  path: string,
  text: string,
  from: string,
  to: string,
  ids: readonly string[],
];

const ENUM = `export enum Mode { Fast = 1, Slow, }
const enum Size { Small = "s" }
export const used = (mode: Mode): number => mode === Mode.Fast ? 1 : other();
function other(): number { return 2; }
console.log(used(Mode.Slow), Size.Small);
`;

const NAMESPACE = `namespace Shapes {
  export interface Side { length: number }
  const scale = 2;
  export const area = (side: Side): number => side.length * scale;
  export namespace Deep { export let depth = 1; }
}
namespace Types { export type Id = string; }
const id: Types.Id = "1";
console.log(Shapes.area({ length: 1 }), Shapes.Deep.depth, id);
`;

const CLASS = `import { log, inject } from "./deco.ts";
abstract class Base { abstract make(): void; protected declare size: number; }
@log("a")
class Model extends Base {
  @log() accessor rate: number = 1;
  constructor(private readonly depth: number, @inject("x") public width = 2) {
    super();
    this.start();
  }
  override make(): void {}
  start(this: Model, by?: number): number;
  @log("start") start(by: any = 1): number { using file = open(); return by satisfies number + file!.size; }
}
console.log(new Model(1));
`;

const TSX = `type Props = { a: number };
const Box = ({ a }: Props) => <div className="box" {...{ a }}>
  text {a}
  <Inner.Part on />
</div>;
const Inner = { Part: () => <></> };
console.log(<Box a={1} />);
`;

const OTHER = `import fs = require("node:fs");
export = { read: <string>fs.readFileSync("a") };
`;

const CASES: readonly Case[] = [
  ["an enum", "train.ts", ENUM, "Fast = 1", "Fast = 2", ["train.ts#Mode"]],
  ["a const enum", "train.ts", ENUM, '"s"', '"S"', ["train.ts#Size"]],
  ["an enum's type", "train.ts", ENUM, "mode: Mode", "mode: unknown", []],
  ["an enum's commas", "train.ts", ENUM, "Slow, }", "Slow }", []],
  ["code beside an enum", "train.ts", ENUM, "return 2", "return 3", [
    "train.ts#other",
  ]],
  ["a namespace's local", "train.ts", NAMESPACE, "scale = 2", "scale = 3", [
    "train.ts#Shapes",
  ]],
  ["a namespace in one", "train.ts", NAMESPACE, "depth = 1", "depth = 2", [
    "train.ts#Shapes",
  ]],
  [
    "what a namespace exports",
    "train.ts",
    NAMESPACE,
    "const scale",
    "export const scale",
    [
      "train.ts#Shapes",
    ],
  ],
  [
    "a namespace's types",
    "train.ts",
    NAMESPACE,
    "length: number }",
    "length: bigint }",
    [],
  ],
  [
    "a namespace of types",
    "train.ts",
    NAMESPACE,
    "Id = string",
    "Id = number",
    [],
  ],
  ["a decorator of a class", "train.ts", CLASS, '@log("a")', '@log("b")', [
    "train.ts#Model",
  ]],
  [
    "a decorator of a method",
    "train.ts",
    CLASS,
    '@log("start")',
    '@log("end")',
    [
      "train.ts#Model.start",
    ],
  ],
  [
    "a decorator of a parameter",
    "train.ts",
    CLASS,
    '@inject("x")',
    '@inject("y")',
    [
      "train.ts#Model.constructor",
    ],
  ],
  ["an accessor", "train.ts", CLASS, "number = 1", "number = 2", [
    "train.ts#Model.rate",
  ]],
  [
    "a parameter that is a property",
    "train.ts",
    CLASS,
    "private readonly depth",
    "depth",
    [
      "train.ts#Model.constructor",
    ],
  ],
  [
    "how private a property is",
    "train.ts",
    CLASS,
    "private readonly",
    "public",
    [],
  ],
  ["a default of a property", "train.ts", CLASS, "width = 2", "width = 3", [
    "train.ts#Model.constructor",
  ]],
  ["a body after properties", "train.ts", CLASS, "this.start();", "", [
    "train.ts#Model.constructor",
  ]],
  ["using", "train.ts", CLASS, "using file", "const file", [
    "train.ts#Model.start",
  ]],
  [
    "types of a decorated class",
    "train.ts",
    CLASS,
    "by?: number): number;",
    "by?: string): any;",
    [],
  ],
  ["an element", "train.tsx", TSX, "<div className", "<p className", [
    "train.tsx#Box",
  ]],
  ["an attribute", "train.tsx", TSX, '"box"', '"bag"', ["train.tsx#Box"]],
  ["an attribute without a value", "train.tsx", TSX, " on ", " on={true} ", []],
  ["text in an element", "train.tsx", TSX, "text {a}", "words {a}", [
    "train.tsx#Box",
  ]],
  [
    "white space in an element",
    "train.tsx",
    TSX,
    "\n  text {a}\n",
    "\n\n      text {a}\n\n",
    [],
  ],
  [
    "a comment in an element",
    "train.tsx",
    TSX,
    "text {a}",
    "text {a}{/* a */}",
    [],
  ],
  ["an element in another piece", "train.tsx", TSX, "<></>", "<b />", [
    "train.tsx#Inner",
  ]],
  ["an element in a statement", "train.tsx", TSX, "a={1}", "a={2}", [
    "train.tsx#",
  ]],
  ["types of props", "train.tsx", TSX, "a: number", "a: string", []],
  ["import = and export =", "train.cts", OTHER, '"a"', '"b"', ["train.cts#"]],
  ["what import = names", "train.cts", OTHER, "node:fs", "node:fs/promises", [
    "train.cts#",
    "train.cts#fs",
  ]],
  ["a type of export =", "train.cts", OTHER, "<string>", "<unknown>", []],
];

const DECORATORS =
  `export const log = (..._: unknown[]) => (value: unknown) => value;
export const inject = log;
`;

for (const [name, path, text, from, to, ids] of CASES) {
  test(`takeSnapshot: syntax that is more than a type: ${name}`, async () => {
    const of = (module: string) =>
      snapshotOf({ [path]: module, "deco.ts": DECORATORS, "deno.json": "{}" }, {
        entry: path,
      });
    const [before, after] = [await of(text), await of(text.replace(from, to))];
    assertEquals(text.includes(from), true);
    assertEquals([before.coverage, after.coverage], [FULL, FULL]);
    assertEquals(differences(before, after), ids);
  });
}

const FULL = { level: "full", missing: [] };

test("takeSnapshot: an enum that is added changes nothing else of a module", async () => {
  const rest = CLASS.replace(/@(?:log|inject)\([^)]*\)/g, "")
    .replace(/(?:private readonly|public) /g, "");
  const before = await snapshotOf({ "train.ts": rest, "deco.ts": DECORATORS });
  const after = await snapshotOf({
    "train.ts": `${rest}enum Added { One }\n`,
    "deco.ts": DECORATORS,
  });
  assertEquals(differences(before, after), ["+train.ts#Added (unused)"]);
});

test("takeSnapshot: lines are those of the file, whatever the syntax", async () => {
  for (const enums of ["", "enum Mode { A }\n"]) {
    const text = `// first

interface Shape {
  size: number;
}
const x: Shape = {
  size: 1,
};
export class Model {
  /** Learns. */
  learn(
    a: number,
  ): number {
    return a + x.size;
  }
}
console.log(1);
${enums}console.log(new Model(), x);
`;
    const { modules } = await snapshotOf({ "train.ts": text });
    const lines = Object.fromEntries(
      modules[0]!.pieces.filter(({ name }) => name !== "Mode")
        .map(({ name, lines }) => [name, lines]),
    );
    const last: [number, number][] = enums === ""
      ? [[17, 18]]
      : [[17, 17], [19, 19]];
    assertEquals(lines, {
      x: [[6, 8]],
      Model: [[9, 9]],
      "Model.learn": [[11, 15]],
      "": last,
    });
  }
});

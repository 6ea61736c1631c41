/** Code whose names changed is not suspected, and code that uses something else is. */
import { test } from "node:test";
import fc from "fast-check";
import { assert, assertEquals } from "@std/assert";
import type { RunFacts } from "../../why/mod.ts";
import { shapesOf } from "../../why/renames/shapes_of.ts";
import { codeFactors } from "../../tracker/_code_factors.ts";
import { type Files, snapshotOf } from "../fingerprint/_program_project.ts";
import { run, why } from "./_history.ts";

/** A run of a project. */
async function runOf(id: number, files: Files): Promise<RunFacts> {
  const snapshot = await snapshotOf(files);
  const shapes = shapesOf(snapshot.modules);
  const factors = Object.fromEntries(codeFactors(snapshot).factors);
  return { ...run(id, { factors, loss: id }), ...(shapes && { shapes }) };
}

/** The code that differs between two versions of a project. */
async function differing(before: Files, after: Files): Promise<string[]> {
  const { differing } = why(await runOf(1, before), await runOf(2, after));
  return differing.map(({ id }) => id.replace("code:", "")).sort();
}

const one = (text: string): Files => ({ "train.ts": text });

const PAIR = `const f = (x) => x + 1;
const g = (x) => x * 2;
const main = (x) => f(g(x));
main(3);
`;

const HELPERS: Files = {
  "train.ts": `import { scale } from "./lib/helpers.ts";
const step = (x: number) => scale(x) + 1;
console.log(step(2));
`,
  "lib/helpers.ts": `const GAIN = 3;
export function scale(x: number): number { return GAIN * x; }
`,
};

/** Replaces whole words in every file. */
function rename(files: Files, names: Readonly<Record<string, string>>): Files {
  const pattern = new RegExp(`\\b(${Object.keys(names).join("|")})\\b`, "g");
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      String(text).replace(pattern, (name) => names[name] ?? name),
    ]),
  );
}

const CLASSES: Files = one(`class Base { start() { return 1; } }
class Net extends Base { #w = 2; learn(x) { return x * this.#w + start(); } }
function start() { return 4; }
const net = new Net();
net.learn(2);
`);

const RENAMED: readonly [name: string, before: Files, after: Files][] = [
  ["a helper", one(PAIR), rename(one(PAIR), { f: "first" })],
  ["two helpers", one(PAIR), rename(one(PAIR), { f: "first", g: "second" })],
  ["a chain of names", one(PAIR), rename(one(PAIR), { f: "g", g: "h" })],
  [
    "two names that are exchanged",
    one(PAIR),
    rename(one(PAIR), { f: "g", g: "f" }),
  ],
  [
    "the caller, too",
    one(PAIR),
    rename(one(PAIR), { f: "first", main: "run" }),
  ],
  ["an export and its import", HELPERS, rename(HELPERS, { scale: "scaled" })],
  [
    "what a renamed export uses",
    HELPERS,
    rename(HELPERS, { scale: "scaled", GAIN: "BY" }),
  ],
  [
    "a variable whose value is made at the start",
    CLASSES,
    rename(CLASSES, { net: "model" }),
  ],
  [
    "a class, its base class and its instance",
    CLASSES,
    rename(CLASSES, { Net: "Mlp", Base: "Layer", net: "mlp" }),
  ],
  [
    "a function that calls itself",
    one(
      "function f(n) { return n ? f(n - 1) : g(); }\nfunction g() { return 1; }\nf(3);\n",
    ),
    one(
      "function down(n) { return n ? down(n - 1) : end(); }\nfunction end() { return 1; }\ndown(3);\n",
    ),
  ],
  [
    "functions that call each other",
    one(
      "function f(n) { return n ? g(n - 1) : 0; }\nfunction g(n) { return n ? f(n - 1) : 1; }\nf(3);\n",
    ),
    one(
      "function even(n) { return n ? odd(n - 1) : 0; }\nfunction odd(n) { return n ? even(n - 1) : 1; }\neven(3);\n",
    ),
  ],
  ["an export under the same name", {
    ...HELPERS,
    "lib/helpers.ts": "const inner = (x) => x;\nexport { inner as scale };\n",
  }, {
    ...HELPERS,
    "lib/helpers.ts": "const own = (x) => x;\nexport { own as scale };\n",
  }],
  ["an export that passes through another module", {
    "train.ts": 'import { f } from "./index.ts";\nf(1);\n',
    "index.ts": 'export { f } from "./f.ts";\n',
    "f.ts": "export const f = (x) => x;\n",
  }, {
    "train.ts": 'import { f } from "./index.ts";\nf(1);\n',
    "index.ts": 'export { own as f } from "./f.ts";\n',
    "f.ts": "export const own = (x) => x;\n",
  }],
];

for (const [name, before, after] of RENAMED) {
  test(`renames: ${name}: nothing is suspected`, async () => {
    assertEquals(await differing(before, after), []);
    assertEquals(await differing(after, before), []);
  });
}

const MOVED: Files = {
  "train.ts": `import { scaled } from "./lib/scale.ts";
const step = (x: number) => scaled(x) + 1;
console.log(step(2));
`,
  "lib/scale.ts": `const BY = 3;
export function scaled(x: number): number { return BY * x; }
`,
};

test("renames: a file and what is in it: nothing is suspected", async () => {
  assertEquals(await differing(HELPERS, MOVED), []);
});

test("renames: a file and what is in it, with an edit: the edited helper is suspected", async () => {
  const edited = {
    ...MOVED,
    "lib/scale.ts": String(MOVED["lib/scale.ts"]).replace("BY *", "1 + BY *"),
  };
  assertEquals(await differing(HELPERS, edited), ["lib/scale.ts#scaled"]);
});

const REWIRED: readonly [
  name: string,
  before: Files,
  after: Files,
  ids: readonly string[],
][] = [
  [
    "two helpers that exchange their code",
    one(PAIR),
    one(
      PAIR.replace("x + 1", "y").replace("x * 2", "x + 1").replace(
        "=> y",
        "=> x * 2",
      ),
    ),
    ["train.ts#f", "train.ts#g"],
  ],
  [
    "a caller that uses another helper",
    one(PAIR + "g(1);\n"),
    one(PAIR.replace("f(g(x))", "g(g(x))") + "g(1);\n"),
    ["train.ts#f", "train.ts#main"],
  ],
  [
    "a caller whose helpers are exchanged",
    one(PAIR),
    one(PAIR.replace("f(g(x))", "g(f(x))")),
    ["train.ts#main"],
  ],
  [
    "a caller that uses a global of another name",
    one("const f = (x) => Math.sin(x);\nf(1);\n"),
    one("const f = (x) => Other.sin(x);\nf(1);\n"),
    ["train.ts#f"],
  ],
  [
    "one of two callers is renamed along, the other is not",
    one(
      "const f = () => 1;\nconst g = () => 2;\nconst p = () => f();\nconst q = () => f();\np(), q(), g();\n",
    ),
    one(
      "const g = () => 1;\nconst f = () => 2;\nconst p = () => g();\nconst q = () => f();\np(), q(), f();\n",
    ),
    ["train.ts#", "train.ts#f", "train.ts#g", "train.ts#p"],
  ],
  [
    "two counters of equal code",
    one("let m = 0;\nlet n = 0;\nconst up = () => m++;\nup(), n;\n"),
    one("let m = 0;\nlet n = 0;\nconst up = () => n++;\nup(), n;\n"),
    ["train.ts#m", "train.ts#up"],
  ],
  [
    "a caller that uses a helper which was there and was not used",
    one(`${PAIR}const h = (x) => x - 1;\n`),
    one(`${PAIR.replace("f(g(x))", "h(g(x))")}const h = (x) => x - 1;\n`),
    ["train.ts#f", "train.ts#h", "train.ts#main"],
  ],
  [
    "a helper that was renamed beside an edit",
    one(PAIR),
    rename(one(PAIR.replace("x * 2", "x * 3")), { f: "first" }),
    ["train.ts#g"],
  ],
  [
    "two helpers that become one",
    one(
      "const f = () => 1;\nconst g = () => 1;\nconst main = () => f() + g();\nmain();\n",
    ),
    one("const f = () => 1;\nconst main = () => f() + f();\nmain();\n"),
    ["train.ts#g", "train.ts#main"],
  ],
  ["an import from another module", {
    "train.ts":
      'import { f } from "./a.ts";\nimport { g } from "./b.ts";\nf(), g();\n',
    "a.ts": "export const f = () => 1;\nexport const g = () => 2;\n",
    "b.ts": "export const g = () => 3;\n",
  }, {
    "train.ts":
      'import { f } from "./a.ts";\nimport { g } from "./a.ts";\nimport "./b.ts";\nf(), g();\n',
    "a.ts": "export const f = () => 1;\nexport const g = () => 2;\n",
    "b.ts": "export const g = () => 3;\n",
  }, ["a.ts#g", "b.ts#g", "train.ts#"]],
  ["exports whose names are exchanged", {
    ...HELPERS,
    "train.ts": 'import { f, g } from "./lib/h.ts";\nf(g(1));\n',
    "lib/h.ts":
      "const a = (x) => x;\nconst b = (x) => -x;\nexport { a as f, b as g };\n",
  }, {
    ...HELPERS,
    "train.ts": 'import { f, g } from "./lib/h.ts";\nf(g(1));\n',
    "lib/h.ts":
      "const a = (x) => x;\nconst b = (x) => -x;\nexport { b as f, a as g };\n",
  }, ["lib/h.ts#"]],
  [
    "classes that exchange their methods",
    one(
      "class P { m() { return 1; } }\nclass Q { m() { return 2; } }\nconst f = () => new P().m();\nf(), new Q().m();\n",
    ),
    one(
      "class P { m() { return 2; } }\nclass Q { m() { return 1; } }\nconst f = () => new P().m();\nf(), new Q().m();\n",
    ),
    ["train.ts#P.m", "train.ts#Q.m"],
  ],
  ["members of a namespace", {
    "train.ts":
      'import * as h from "./h.ts";\nconst f = () => h.a();\nf(), h.b();\n',
    "h.ts": "export const a = () => 1;\nexport const b = () => 2;\n",
  }, {
    "train.ts":
      'import * as h from "./h.ts";\nconst f = () => h.a();\nf(), h.b();\n',
    "h.ts": "export const b = () => 1;\nexport const a = () => 2;\n",
  }, ["h.ts#a", "h.ts#b"]],
];

for (const [name, before, after, ids] of REWIRED) {
  test(`renames: ${name}: it is suspected`, async () => {
    assertEquals(await differing(before, after), ids);
    assertEquals(await differing(after, before), ids);
  });
}

const EDITED: readonly [
  name: string,
  before: Files,
  after: Files,
  old: string,
  now: string,
][] = [
  [
    "a helper that was renamed and edited",
    one(PAIR),
    one(
      PAIR.replace("f = (x) => x + 1", "first = (x) => x + 2")
        .replace("f(g", "first(g"),
    ),
    "train.ts#f",
    "train.ts#first",
  ],
  [
    "an exported helper that was renamed and edited, and uses another one that was renamed",
    HELPERS,
    Object.fromEntries(
      Object.entries(rename(HELPERS, { scale: "scaled", GAIN: "BY" }))
        .map((
          [path, text],
        ) => [path, String(text).replace("BY *", "1 + BY *")]),
    ),
    "lib/helpers.ts#scale",
    "lib/helpers.ts#scaled",
  ],
  [
    "another, new helper in the place of one that is gone",
    one(PAIR),
    one(
      PAIR.replace("const f = (x) => x + 1", "const other = () => 7")
        .replace("f(g", "other(g"),
    ),
    "train.ts#f",
    "train.ts#other",
  ],
];

for (const [name, before, after, old, now] of EDITED) {
  test(`renames: ${name}: it is suspected with both versions, and its callers are not`, async () => {
    for (
      const [x, y, from, to] of [
        [before, after, old, now],
        [after, before, now, old],
      ] as const
    ) {
      const [a, b] = [await runOf(1, x), await runOf(2, y)];
      assertEquals(why(a, b).differing, [{
        id: `code:${to}`,
        was: `code:${from}`,
        before: a.factors.get(`code:${from}`)!,
        after: b.factors.get(`code:${to}`)!,
      }]);
    }
  });
}

test("renames: a run of an earlier version, without shapes, is compared by the text", async () => {
  const a = await runOf(1, one(PAIR));
  const { shapes: _, ...b } = await runOf(2, rename(one(PAIR), { f: "first" }));
  assertEquals(why(a, b).differing.map(({ id }) => id), ["code:train.ts#main"]);
});

/** A program: for each function its module, and the functions that it uses. Each has a constant of its own. */
interface Plan {
  readonly functions: readonly {
    readonly isApart: boolean;
    readonly uses: readonly number[];
  }[];
}

const POOL = [..."abcdefgh"].map((letter) => `${letter}${letter}`);

/** Writes a program, with a name for each function. The script uses the first one. */
function write({ functions }: Plan, names: readonly string[]): Files {
  const nameOf = (at: number) => names[at] ?? "";
  const modules = [false, true].map((isApart) => {
    const own = functions.flatMap((one, at) =>
      one.isApart === isApart ? [at] : []
    );
    const used = own.flatMap((at) => functions[at]?.uses ?? []);
    const others = [...new Set([...used, ...(isApart ? [] : [0])])]
      .filter((at) => functions[at]?.isApart !== isApart).map(nameOf).sort();
    return [
      `import { ${others.join(", ")} } from "./${
        isApart ? "train" : "apart"
      }.ts";`,
      ...own.map((at) => {
        const calls = (functions[at]?.uses ?? []).map((use) =>
          ` + ${nameOf(use)}(n - 1)`
        );
        return `export function ${nameOf(at)}(n) { return ${at + 10}${
          calls.join("")
        }; }`;
      }),
      ...(isApart ? [] : [`console.log(${nameOf(0)}(3));`]),
    ].join("\n");
  });
  return { "train.ts": `${modules[0]}\n`, "apart.ts": `${modules[1]}\n` };
}

const names = fc.shuffledSubarray(POOL, { minLength: POOL.length });

const plans = fc.integer({ min: 2, max: 6 }).chain((count) =>
  fc.record({
    functions: fc.array(
      fc.record({
        isApart: fc.boolean(),
        uses: fc.array(fc.nat(count - 1), { maxLength: 3 }),
      }),
      { minLength: count, maxLength: count },
    ),
  })
);

/** The functions that run, in order. */
function reached({ functions }: Plan): number[] {
  const found = new Set([0]);
  for (const at of found) {
    for (const use of functions[at]?.uses ?? []) found.add(use);
  }
  return [...found];
}

test("renames: whatever is renamed, nothing is suspected", async () => {
  await fc.assert(
    fc.asyncProperty(plans, names, names, async (plan, before, after) => {
      const ids = await differing(write(plan, before), write(plan, after));
      assertEquals(ids, []);
    }),
    { numRuns: 60 },
  );
});

test("renames: whatever is rewired is suspected, also if everything is renamed at once", async () => {
  const pick = fc.nat(1000);
  await fc.assert(
    fc.asyncProperty(
      ...[plans, names, names, pick, pick, pick],
      async (plan, before, after, which, place, to) => {
        const callers = reached(plan).filter((at) =>
          (plan.functions[at]?.uses.length ?? 0) > 0
        );
        fc.pre(callers.length > 0);
        const caller = callers[which % callers.length] ?? 0;
        const uses = [...plan.functions[caller]?.uses ?? []];
        const [at, count] = [place % uses.length, plan.functions.length];
        uses[at] = ((uses[at] ?? 0) + 1 + to % (count - 1)) % count;
        const rewired = {
          functions: plan.functions.map((one, at) =>
            at === caller ? { ...one, uses } : one
          ),
        };
        const a = write(plan, before);
        const ids = await differing(a, write(rewired, before));
        const path = plan.functions[caller]?.isApart ? "apart.ts" : "train.ts";
        assert(ids.includes(`${path}#${before[caller]}`), ids.join());
        const both = await differing(a, write(rewired, after));
        assert(both.length > 0);
      },
    ),
    { numRuns: 60 },
  );
});

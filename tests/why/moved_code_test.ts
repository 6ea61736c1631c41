import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { withoutMoves } from "../../why/moved_code.ts";

/** Two programs whose code has these names; equal values are equal text. */
const CASES: readonly (readonly [
  what: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  differing: readonly string[],
])[] = [
  ["a function that was renamed", { "m.ts#f": "1" }, { "m.ts#g": "1" }, []],
  ["a function in another file", { "m.ts#f": "1" }, { "n.ts#f": "1" }, []],
  [
    "a class in another file",
    {
      "m.ts#Net": "1",
      "m.ts#Net.forward": "2",
    },
    { "n.ts#Net": "1", "n.ts#Net.forward": "2" },
    [],
  ],
  [
    "a class that was renamed",
    {
      "m.ts#Net": "1",
      "m.ts#Net.forward": "2",
    },
    { "m.ts#Mlp": "1", "m.ts#Mlp.forward": "2" },
    [],
  ],
  ["a private member that was renamed", { "m.ts#Net.#a": "1" }, {
    "m.ts#Net.#b": "1",
  }, []],
  // It overrode a method of the base class, which now runs.
  ["a method that was renamed", { "m.ts#Net.forward": "1" }, {
    "m.ts#Net.forwards": "1",
  }, ["code:m.ts#Net.forward", "code:m.ts#Net.forwards"]],
  [
    "two methods that were exchanged",
    {
      "m.ts#Net.a": "1",
      "m.ts#Net.b": "2",
    },
    { "m.ts#Net.b": "1", "m.ts#Net.a": "2" },
    [
      "code:m.ts#Net.a",
      "code:m.ts#Net.b",
    ],
  ],
  ["a method that became a function", { "m.ts#Net.f": "1" }, {
    "m.ts#f": "1",
  }, ["code:m.ts#Net.f", "code:m.ts#f"]],
];

const factors = (pieces: Readonly<Record<string, string>>) =>
  new Map(Object.entries(pieces).map(([id, value]) => [`code:${id}`, value]));

for (const [what, before, after, differing] of CASES) {
  test(`withoutMoves: ${what}`, () => {
    const [a, b] = [factors(before), factors(after)];
    const ids = [...new Set([...a.keys(), ...b.keys()])]
      .filter((id) => a.get(id) !== b.get(id)).sort();
    assertEquals(withoutMoves(ids, a, b).differing, differing);
  });
}

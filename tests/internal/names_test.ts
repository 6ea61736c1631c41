/** Edit distance, and the name that a mistyped word most likely means. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { editDistance, nearestName } from "../../internal/names.ts";

/** Short words of few letters, so that transpositions and repetitions are frequent. */
const WORD = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 7 });
const RUNS = { seed: 1, numRuns: 2000 };

/** Levenshtein's distance, straight from its definition: it knows no transpositions. */
function levenshtein(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const [restA, restB] = [a.slice(1), b.slice(1)];
  if (a[0] === b[0]) return levenshtein(restA, restB);
  return 1 + Math.min(
    levenshtein(restA, b),
    levenshtein(a, restB),
    levenshtein(restA, restB),
  );
}

test("editDistance: each kind of slip counts as one", () => {
  const cases: [a: string, b: string, slips: number][] = [
    ["", "", 0],
    ["lr", "lr", 0],
    ["", "lr", 2],
    ["depth", "dept", 1],
    ["depth", "depths", 1],
    ["depth", "death", 1],
    ["depth", "detph", 1],
    ["kitten", "sitting", 3],
    ["é", "e", 1],
    // A character outside the basic plane is one character.
    ["😀", "x", 1],
    // A substring is not edited twice, so this is 3 and not 2.
    ["ca", "abc", 3],
  ];
  for (const [a, b, slips] of cases) {
    assertEquals(editDistance(a, b), slips, `${a} and ${b}`);
  }
});

test("property: editDistance: symmetric, zero only for equal words, bounded by their lengths", () => {
  fc.assert(
    fc.property(WORD, WORD, (a, b) => {
      const distance = editDistance(a, b);
      assertEquals(distance, editDistance(b, a));
      assertEquals(distance === 0, a === b);
      assert(distance >= Math.abs(a.length - b.length));
      assert(distance <= Math.max(a.length, b.length));
    }),
    RUNS,
  );
});

test("property: editDistance: at most Levenshtein's distance, less only by transpositions", () => {
  fc.assert(
    fc.property(WORD, WORD, (a, b) => {
      const [distance, reference] = [editDistance(a, b), levenshtein(a, b)];
      assert(distance <= reference);
      // A transposition replaces two edits, so it saves one at most.
      assert(2 * distance >= reference);
    }),
    RUNS,
  );
});

test("property: editDistance: what two words have in common at their ends does not count", () => {
  fc.assert(
    fc.property(WORD, WORD, WORD, (a, b, common) => {
      assertEquals(
        editDistance(common + a, common + b),
        editDistance(a, b),
        "at the start",
      );
      assertEquals(
        editDistance(a + common, b + common),
        editDistance(a, b),
        "at the end",
      );
    }),
    RUNS,
  );
});

test("property: editDistance: the triangle inequality holds where no transposition is counted", () => {
  fc.assert(
    fc.property(WORD, WORD, WORD, (a, b, c) => {
      const pairs = [[a, b], [b, c]] as const;
      const isPlain = pairs.every(([one, other]) =>
        editDistance(one, other) === levenshtein(one, other)
      );
      fc.pre(isPlain);
      assert(editDistance(a, c) <= editDistance(a, b) + editDistance(b, c));
    }),
    RUNS,
  );
  // With a transposition it may not hold: the distance is not a metric.
  assertEquals(editDistance("ca", "ac") + editDistance("ac", "abc"), 2);
  assertEquals(editDistance("ca", "abc"), 3);
});

test("nearestName: the name that was meant, if there is one", () => {
  const names = ["lr", "depth", "batchSize", "weight_decay", "x"];
  const cases: [word: string, near: string | undefined][] = [
    ["dept", "depth"],
    ["detph", "depth"],
    ["batch_size", "batchSize"],
    ["BATCHSIZE", "batchSize"],
    ["weight decay", "weight_decay"],
    ["LR", "lr"],
    ["rl", "lr"],
    ["momentum", undefined],
    // Of two one-letter names, neither is taken for a slip of the other.
    ["y", undefined],
    ["xy", "x"],
    ["X", "x"],
    ["", undefined],
  ];
  for (const [word, near] of cases) {
    assertEquals(nearestName(word, names), near, word);
  }
});

test("nearestName: slips bounds the distance, the first of equals is taken", () => {
  assertEquals(
    nearestName("weights", ["heights", "eights"], { slips: 1 }),
    "heights",
  );
  assertEquals(nearestName("epochs", ["epic"], { slips: 1 }), undefined);
  assertEquals(nearestName("epochs", ["epochal"], { slips: 2 }), "epochal");
});

test("nearestName: shortest keeps short names from being suggested", () => {
  const names = ["x", "xyz"];
  const cases: [word: string, shortest: number, near: string | undefined][] = [
    ["xy", 1, "x"],
    ["xy", 2, "xyz"],
    ["xy", 3, undefined],
    ["xyzz", 3, "xyz"],
    // A name that differs only in case is no slip.
    ["X", 2, "x"],
  ];
  for (const [word, shortest, near] of cases) {
    assertEquals(nearestName(word, names, { shortest }), near, word);
  }
});

test("property: nearestName: a name of the list, never the word itself, never beyond the slips", () => {
  fc.assert(
    fc.property(
      WORD,
      fc.array(WORD, { maxLength: 6 }),
      fc.integer({ min: 1, max: 3 }),
      (word, names, slips) => {
        const near = nearestName(word, names, { slips });
        if (near === undefined) return;
        assert(names.includes(near));
        assert(near !== word);
        assert(editDistance(word, near) <= slips);
      },
    ),
    RUNS,
  );
});

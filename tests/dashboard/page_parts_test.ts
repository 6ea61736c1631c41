/** The parts of the page that need no browser. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { createTwoFilesPatch } from "diff";
import fc from "fast-check";
import type { ChangesReply } from "../../dashboard/api_types.ts";
import { stateWords } from "../../dashboard/page/parts/coverage_words.ts";
import { diffRows } from "../../dashboard/page/parts/diff_rows.ts";
import { changesText } from "../../dashboard/page/pages/history/change_text.ts";
import { NeighbourTable } from "../../dashboard/page/pages/history/neighbours.ts";
import { withPick } from "../../dashboard/page/pages/compare/picks.ts";
import { pointAsText, pointIn } from "../../dashboard/page/parts/point_text.ts";

test("diffRows: what was removed and added at one place is one row", () => {
  const diff = [
    "--- a.ts",
    "+++ a.ts",
    "@@ -1,3 +1,4 @@",
    " x",
    "--- not a name",
    "+y",
    "+z",
    " w",
  ].join("\n");
  assertEquals(diffRows(diff), [
    {
      kind: "same",
      before: { line: 1, text: "x" },
      after: { line: 1, text: "x" },
    },
    {
      kind: "changed",
      before: { line: 2, text: "-- not a name" },
      after: { line: 2, text: "y" },
    },
    { kind: "changed", after: { line: 3, text: "z" } },
    {
      kind: "same",
      before: { line: 3, text: "w" },
      after: { line: 4, text: "w" },
    },
  ]);
});

test("diffRows: a folder is a list of files without numbers, and then their texts", () => {
  const diff = [
    "--- data",
    "+++ data",
    "+new.csv",
    " old.csv   changed",
    "--- data/old.csv",
    "+++ data/old.csv",
    "@@ -1 +1 @@",
    "-1",
    "+2",
  ].join("\n");
  assertEquals(
    diffRows(diff).map(({ kind, before, after }) => [
      kind,
      before?.line,
      before?.text,
      after?.text,
    ]),
    [
      ["changed", undefined, undefined, "new.csv"],
      ["same", undefined, "old.csv   changed", "old.csv   changed"],
      ["gap", undefined, undefined, undefined],
      ["changed", 1, "1", "2"],
    ],
  );
});

test("diffRows: each column has the lines of its text, and all that differ", () => {
  const line = fc.constantFrom("a", "b", "-- c", "++ d", "@@ -1 +1 @@", "e ");
  const lines = fc.array(line, { maxLength: 30 });
  fc.assert(fc.property(lines, lines, (before, after) => {
    const [old, now] = [before, after].map((all) =>
      all.map((one) => `${one}\n`).join("")
    );
    const rows = diffRows(createTwoFilesPatch("f", "f", old!, now!));
    for (const { before: left, after: right } of rows) {
      if (left?.line !== undefined && left.line > 0) {
        assertEquals(left.text, before[left.line - 1]);
      }
      if (right?.line !== undefined && right.line > 0) {
        assertEquals(right.text, after[right.line - 1]);
      }
    }
    const isSame = before.join("\n") === after.join("\n");
    assertEquals(rows.some(({ kind }) => kind === "changed"), !isSame);
  }));
});

const LEVELS = ["none", "partial", "full"] as const;

test("stateWords: only two full records are the same, and one that is missing is unknown", () => {
  for (const a of LEVELS) {
    for (const b of LEVELS) {
      const words = stateWords({ levels: [a, b], isDifferent: false });
      const expected = a === "none" || b === "none"
        ? "unknown"
        : a === "full" && b === "full"
        ? "the same"
        : "the same as far as recorded";
      assertEquals(words, expected, `${a} ${b}`);
      assertEquals(
        stateWords({ levels: [a, b], isDifferent: true }),
        "differs",
      );
    }
  }
});

/** Two runs with the same config; the code of both is recorded as the levels say. */
function reply(a: 0 | 1 | 2, b: 0 | 1 | 2, isSame: boolean): ChangesReply {
  return {
    ids: [3, 8],
    names: ["config:lr", "code:a.ts#f"],
    values: ["0.1", "h1", "h2"],
    sets: [[0, 0], [1, 1], [1, 2], []],
    of: {
      config: [0, 0],
      code: [a === 0 ? 3 : 1, b === 0 ? 3 : isSame ? 1 : 2],
      inputs: [3, 3],
      environment: [3, 3],
    },
    levels: {
      config: [2, 2],
      code: [a, b],
      inputs: [2, 2],
      environment: [2, 2],
    },
    leftOut: 0,
  };
}

for (
  const [a, b, isSame, state, text] of [
    [2, 2, true, "same", "nothing changed"],
    [2, 1, true, "as-recorded", "nothing that was recorded changed"],
    [2, 0, true, "unknown", "not known: code"],
    [0, 0, true, "unknown", "not known: code"],
    [2, 2, false, "changed", "code:a.ts#f changed"],
    [1, 1, false, "changed", "code:a.ts#f changed"],
    [0, 2, false, "unknown", "not known: code"],
  ] as const
) {
  test(`history: code of levels ${a} and ${b}, ${isSame ? "equal" : "different"}, is ${state}`, () => {
    const found = new NeighbourTable(reply(a, b, isSame)).between(3, 8);
    assertEquals([found.states.code, changesText(found)], [state, text]);
    assertEquals(found.states.config, "same");
  });
}

test("history: a factor that a partial record lacks is not known, and that a full record lacks is gone", () => {
  const without = (level: 1 | 2): ChangesReply => {
    const made = reply(2, level, true);
    return { ...made, of: { ...made.of, code: [1, 3] } };
  };
  const states = ([1, 2] as const).map((level) => {
    const found = new NeighbourTable(without(level)).between(3, 8);
    return [found.states.code, changesText(found)];
  });
  assertEquals(states, [["unknown", "not known: code"], [
    "changed",
    "code:a.ts#f is gone",
  ]]);
});

test("history: of a run that was not read nothing is said to be the same", () => {
  const found = new NeighbourTable(reply(2, 2, true)).between(3, 99);
  assertEquals(new Set(Object.values(found.states)), new Set(["unknown"]));
  assertEquals(
    changesText(found),
    "not known: config, code, inputs, environment",
  );
});

test("withPick: A, then B of another run, then again A", () => {
  const at = (step: number) => ({ run: 1, point: { metric: "loss", step } });
  const one = withPick({}, at(5));
  assertEquals(one, { a: at(5) });
  assertEquals(withPick(one, at(6)), { a: at(6) });
  const two = withPick(one, { run: 2 });
  assertEquals(two, { a: at(5), b: { run: 2 } });
  assertEquals(withPick(two, { run: 3 }), { a: { run: 3 } });
});

test("pointIn: reads what pointAsText writes, and nothing else", () => {
  const metrics = ["loss", "a:b", ""].map((metric) => ({ metric }));
  for (const { metric } of metrics) {
    const point = { metric, step: -3 };
    assertEquals(pointIn(pointAsText(point), metrics), point);
  }
  const wrong = ["", "1", "loss", "1:nope", "x:loss", "1.5:loss", "1e3:loss"];
  for (const text of [...wrong, "9999999999999999:loss"]) {
    assertEquals(pointIn(text, metrics), undefined, text);
  }
});

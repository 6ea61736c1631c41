/** Where a metric moved, and what moved it. */
import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { bisectFacts, type RunFacts } from "../../why/mod.ts";
import { NO_INPUTS, type Parts, run } from "./_history.ts";

/** Deviations of a history, in no order: mean 0, deviation 0.1. */
function noise(k: number): number {
  const mixed = Math.sin((k + 1) * 12.9898) * 43758.5453;
  return (mixed - Math.floor(mixed) - 0.5) * 0.3;
}

/** Makes a history. */
function historyOf(
  count: number,
  partsAt: (k: number) => Parts & { readonly loss: number },
): RunFacts[] {
  return Array.from({ length: count }, (_, k) => {
    const { loss, ...parts } = partsAt(k);
    return run(k + 1, { ...parts, loss: loss + noise(k) });
  });
}

const search = (runs: readonly RunFacts[]) =>
  bisectFacts(runs, { metric: "loss" });

test("bisectFacts: the one factor that changed where the metric moved", () => {
  const found = search(historyOf(20, (k) => ({
    config: { x: k < 10 ? 0 : 1, lr: 0.1 },
    seed: k,
    loss: k < 10 ? 1 : 2,
  })));
  const [move, ...others] = found.moves;
  assertEquals(others, []);
  assertEquals([move?.good, move?.bad, move?.locations], [10, 11, [11]]);
  assertEquals(move?.findings.map(({ id, status }) => [id, status]), [
    ["config:x", "convicted"],
  ]);
  assert(move?.sentence.includes("between run 10 and run 11"), move?.sentence);
  assert(move?.sentence.endsWith("Moved by x (0 -> 1)."), move?.sentence);
  assertEquals(move?.next, undefined);
});

test("bisectFacts: the same where inputs were not recorded is not moved by it", () => {
  const found = search(historyOf(20, (k) => ({
    coverage: { inputs: NO_INPUTS },
    config: { x: k < 10 ? 0 : 1 },
    loss: k < 10 ? 1 : 2,
  })));
  assert(
    found.sentence.endsWith(
      "It goes with x (0 -> 1); inputs were not recorded.",
    ),
    found.sentence,
  );
  assertEquals(found.unknown.length, 1);
});

test("bisectFacts: a history of noise did not move", () => {
  const found = search(
    historyOf(30, (k) => ({ config: { x: k < 15 ? 0 : 1 }, seed: k, loss: 1 })),
  );
  assertEquals(found.moves, []);
  assertEquals(
    found.sentence,
    "No move of loss beyond its noise was found in 30 runs.",
  );
});

test("bisectFacts: the seed is no factor", () => {
  const found = search(
    historyOf(20, (k) => ({ seed: k < 10 ? 1 : 2, loss: k < 10 ? 1 : 2 })),
  );
  assertEquals(found.moves[0]?.findings, []);
  assert(found.sentence.includes("No recorded factor changed there."));
});

test("bisectFacts: nothing recorded changed, and code is unknown", () => {
  const found = search(historyOf(20, (k) => ({
    coverage: { code: { level: "none", missing: ["no code was recorded"] } },
    loss: k < 10 ? 1 : 2,
  })));
  assert(
    found.sentence.endsWith(
      "No recorded factor changed there; code was not recorded.",
    ),
    found.sentence,
  );
});

test("bisectFacts: factors that never change apart are named together", () => {
  const found = search(historyOf(20, (k) => ({
    config: { x: k < 10 ? 0 : 1, y: k < 10 ? 0 : 1 },
    loss: k < 10 ? 1 : 2,
  })));
  const [move] = found.moves;
  assertEquals(move?.findings.map(({ group }) => group), [
    ["config:x", "config:y"],
    ["config:x", "config:y"],
  ]);
  assert(
    move?.sentence.includes("one of: x (0 -> 1) or y (0 -> 1)"),
    move?.sentence,
  );
});

test("bisectFacts: a factor is acquitted if good runs had its value", () => {
  const found = search(historyOf(24, (k) => ({
    // y was changed before, for some runs, and nothing moved.
    config: { x: k < 14 ? 0 : 1, y: (k > 4 && k < 10) || k > 13 ? 1 : 0 },
    loss: k < 14 ? 1 : 2,
  })));
  const status = Object.fromEntries(
    found.moves[0]?.findings.map(({ id, status }) => [id, status]) ?? [],
  );
  assertEquals(status["config:y"], "acquitted");
  assert(!found.sentence.includes("y (0"), found.sentence);
});

test("bisectFacts: one good run with the value acquits nothing where the noise is large", () => {
  const found = search([
    ...historyOf(24, (k) => ({
      config: { x: k < 14 ? 0 : 1, y: k === 5 || k > 13 ? 1 : 0 },
      loss: k < 14 ? 1 : 1.3,
    })),
  ]);
  const y = found.moves[0]?.findings.find(({ id }) => id === "config:y");
  assertEquals(y?.status, "open");
});

test("bisectFacts: several moves", () => {
  const found = search(historyOf(30, (k) => ({
    config: { x: k < 10 ? 0 : k < 20 ? 1 : 2 },
    loss: k < 10 ? 1 : k < 20 ? 2 : 0.5,
  })));
  assertEquals(found.moves.map(({ bad }) => bad), [11, 21]);
  assertEquals(found.moves.map(({ sides }) => sides), [[10, 10], [10, 10]]);
});

test("bisectFacts: a config value that goes back and forth is accounted for", () => {
  const found = search(historyOf(30, (k) => ({
    config: { lr: k % 3, x: k < 15 ? 0 : 1 },
    loss: 5 * (k % 3) + (k < 15 ? 0 : 1),
  })));
  assertEquals(found.adjustedFor, ["config:lr"]);
  assertEquals(found.notAdjustedFor, []);
  assert(!found.sentence.includes("accounted"), found.sentence);
  assertEquals(found.moves.map(({ bad }) => bad), [16]);
  assert(Math.abs((found.moves[0]?.jump ?? 0) - 1) < 0.2);
});

test("bisectFacts: a config value that is new in every run is said not to be accounted for", () => {
  const found = search(historyOf(30, (k) => ({
    config: { lr: 0.1 + k / 100, x: k < 15 ? 0 : 1 },
    loss: k < 15 ? 1 : 2,
  })));
  assertEquals(found.adjustedFor, []);
  assertEquals(found.notAdjustedFor, ["config:lr"]);
  assert(
    found.sentence.includes(
      "lr changes in many of the runs and is not accounted for",
    ),
    found.sentence,
  );
});

test("bisectFacts: without any spread no number is out of bounds", () => {
  const runs = Array.from(
    { length: 10 },
    (_, k) =>
      run(k + 1, {
        config: { x: k < 5 ? 0 : 1 },
        loss: k < 5 ? 0.1 + 0.2 : 0.4,
      }),
  );
  const found = search(runs);
  assertEquals(found.moves[0]?.bad, 6);
  assertEquals(found.moves[0]?.interval, undefined);
  assert(
    !/\d{12}|Infinity|NaN|e\+/.test(found.sentence),
    found.sentence,
  );
});

test("bisectFacts: what history cannot decide is halved by the next run", () => {
  const runs = historyOf(20, (k) => ({
    config: { x: k < 10 ? 0 : 1, y: k < 11 ? 0 : 1, "z.w": k < 9 ? 0 : 1 },
    loss: k < 10 ? 1 : 1.25,
  }));
  const [move] = search(runs).moves;
  assert(move !== undefined && move.locations.length > 1);
  const open = move.findings.filter(({ status }) => status === "open");
  if (move.findings[0]?.status !== "convicted") {
    assert(open.length > 0);
    assert(move.next?.command?.startsWith("ato repeat "), move.next?.command);
  }
});

test("bisectFacts: a group that is convicted together is separated by the next run, if a word can do it", () => {
  const rows: [Parts, Parts, string | undefined][] = [
    [
      { config: { x: 0, y: 0 } },
      { config: { x: 1, y: 1 } },
      "ato repeat 9 x=1",
    ],
    [
      { config: { x: 0 }, factors: { "code:a.ts#f": "1" } },
      { config: { x: 1 }, factors: { "code:a.ts#f": "2" } },
      "ato repeat 9 x=1",
    ],
    // No word removes a key, so the bad run gets it back.
    [
      { config: { x: 0 }, factors: { "code:a.ts#f": "1" } },
      { factors: { "code:a.ts#f": "2" } },
      "ato repeat 10 x=0",
    ],
    [
      { factors: { "code:a.ts#f": "1", "code:a.ts#g": "1" } },
      { factors: { "code:a.ts#f": "2", "code:a.ts#g": "2" } },
      undefined,
    ],
  ];
  for (const [before, after, command] of rows) {
    const [move] = search(historyOf(20, (k) =>
      k < 9
        ? { ...before, loss: 1 + k / 1000 }
        : { ...after, loss: 2 + k / 1000 })).moves;
    assertEquals(
      move?.findings.map(({ status }) =>
        status
      ),
      [
        "convicted",
        "convicted",
      ],
    );
    assertEquals(move?.next?.command, command);
    assert(move?.next?.why.includes("with only "), move?.next?.why);
  }
});

test("bisectFacts: a factor that is convicted alone needs no next run", () => {
  const [move] = search(historyOf(20, (k) => ({
    config: { x: k < 9 ? 0 : 1 },
    loss: (k < 9 ? 1 : 2) + k / 1000,
  }))).moves;
  assertEquals(move?.findings.map(({ status }) => status), ["convicted"]);
  assertEquals(move?.next, undefined);
});

test("bisectFacts: runs that did not complete, or without the metric, are skipped and named", () => {
  const runs = [
    ...historyOf(6, () => ({ loss: 1 })),
    run(7, { loss: 9, status: "failed" }),
    run(8, { metrics: { acc: 1 } }),
    run(9, { loss: NaN }),
  ];
  const found = search(runs);
  assertEquals(found.runs, 6);
  assertEquals(found.skipped, [
    { id: 7, why: "failed" },
    { id: 8, why: "no metric loss" },
    { id: 9, why: "loss is not finite" },
  ]);
});

test("bisectFacts: too short a history has no move", () => {
  for (const count of [0, 1, 2, 3]) {
    assertEquals(search(historyOf(count, (k) => ({ loss: k }))).moves, []);
  }
});

test("bisectFacts: the order of the runs is by start", () => {
  const runs = historyOf(
    20,
    (k) => ({ config: { x: k < 10 ? 0 : 1 }, loss: k < 10 ? 1 : 2 }),
  );
  assertEquals(search([...runs].reverse()), search(runs));
  const timed = runs.map((one) => ({ ...one, startedAt: -one.id }));
  assertEquals(search(timed).moves[0]?.bad, 10);
});

test("bisectFacts: alpha out of range is refused", () => {
  assertThrows(
    () => bisectFacts([], { metric: "loss", alpha: 2 }),
    Error,
    "above 0 and below 1",
  );
});

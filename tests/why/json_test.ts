/** `docs/why_json.md` describes every field of the JSON, and the JSON has the fields that it describes. */
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { bisectFacts } from "../../why/mod.ts";
import { NO_INPUTS, run, why } from "./_history.ts";

const PAGE = readFileSync(
  new URL("../../docs/why_json.md", import.meta.url),
  "utf8",
);

/** Every key of objects in a value; the keys of `coverage` and the like are fields, too. */
function keysIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    key,
    ...keysIn(child),
  ]);
}

const at = (id: number, x: number, y: number, loss: number) =>
  run(id, { config: { x, y, out: `${id}`, z: id }, unread: ["z"], loss });

const VERDICTS = [
  why(at(1, 0, 0, 1), at(2, 1, 1, 2), [
    at(3, 0, 0, 1.01),
    at(4, 0, 0, 0.99),
    at(5, 0, 0, 1.02),
    at(6, 1, 1, 2.01),
    at(7, 1, 1, 1.99),
    at(8, 0, 1, 2),
    at(9, 0, 1, 2.02),
  ]),
  why(at(1, 0, 0, 1), at(2, 1, 1, 2), [at(3, 0, 1, 1.6)]),
  why(
    run(1, { loss: [1, 2], coverage: { inputs: NO_INPUTS } }),
    run(2, { loss: [1.5], status: "failed", error: "Error: x" }),
  ),
  why(run(1, { loss: 1 }), run(2, { loss: NaN }), [run(3, { loss: 2 })]),
];

test("docs/why_json.md: every field of a verdict is described", () => {
  for (const key of new Set(VERDICTS.flatMap(keysIn))) {
    assert(PAGE.includes(`\`${key}\``), `${key} is not described`);
  }
});

test("docs/why_json.md: every field of a bisection is described", () => {
  const runs = Array.from({ length: 20 }, (_, k) =>
    run(k + 1, {
      config: { x: k < 10 ? 0 : 1, lr: k % 2 },
      loss: (k < 10 ? 1 : 2) + (k * 7 % 5) / 100,
    }));
  const found = bisectFacts(runs, { metric: "loss" });
  assertEquals(found.moves.length, 1);
  for (const key of new Set(keysIn(found))) {
    assert(PAGE.includes(`\`${key}\``), `${key} is not described`);
  }
});

test("explainFacts: the JSON has what the contract names", () => {
  const names =
    "version a b outcome sentence progress coverage suspects unknown " +
    "labels repeats evidence differing unread cleared isCaused leftOut";
  for (const verdict of VERDICTS) {
    const json = JSON.parse(JSON.stringify(verdict));
    for (const name of names.split(" ")) assert(name in json, name);
    assertEquals(Object.keys(json.coverage), [
      "config",
      "code",
      "inputs",
      "environment",
    ]);
    for (
      const { level, missing } of Object.values<Record<string, unknown>>(
        json.coverage,
      )
    ) {
      assert(["full", "partial", "none"].includes(String(level)));
      assert(Array.isArray(missing));
    }
    for (const suspect of json.suspects) {
      assert(
        ["intervention", "association", "prior"].includes(suspect.evidence),
      );
    }
  }
});

test("explainFacts: data is raw", () => {
  const odd = "\u001b[31m" + "x".repeat(500);
  const verdict = why(
    run(1, { config: { name: "a" }, loss: 1 }),
    run(2, { config: { name: odd }, loss: 2 }),
  );
  assertEquals(verdict.suspects[0]?.after, JSON.stringify(odd));
  // A value of this length is no part of a sentence.
  assert(!verdict.sentence.includes("xxx"), verdict.sentence);
});

/** What holds of every verdict. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { explainFacts, type RunFacts, type Verdict } from "../../why/mod.ts";
import { NO_INPUTS, type Parts, run } from "./_history.ts";

/** Runs of a small project: few values, so that repeats and interventions are common. */
const parts: fc.Arbitrary<Parts> = fc.record({
  config: fc.record({
    x: fc.integer({ min: 0, max: 1 }),
    y: fc.integer({ min: 0, max: 1 }),
    z: fc.constantFrom(0, 0, 0, 1),
  }),
  seed: fc.integer({ min: 1, max: 3 }),
  loss: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -4, max: 4 }).map((k) => k / 7) },
    { weight: 4, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(NaN) },
  ),
  status: fc.constantFrom(
    "completed",
    "completed",
    "completed",
    "completed",
    "failed",
  ),
  coverage: fc.constantFrom({}, {}, {}, { inputs: NO_INPUTS }),
});

const runs = fc.array(parts, { minLength: 2, maxLength: 14 })
  .map((list) => list.map((one, k) => run(k + 1, one)));

function explain([a, b, ...others]: readonly RunFacts[]): Verdict {
  if (a === undefined || b === undefined) throw new Error("no runs");
  return explainFacts({ a, b, others, leftOut: 0 });
}

function check(property: (list: RunFacts[]) => void): void {
  fc.assert(fc.property(runs, property), { numRuns: 1000, seed: 7 });
}

test("property: the ids of runs are names only", () => {
  check((list) => {
    const renamed = list.map((one) => ({ ...one, id: one.id + 1000 }));
    const [one, other] = [explain(list), explain(renamed)];
    assertEquals(other.outcome, one.outcome);
    assertEquals(
      other.suspects.map(({ runs: _, ...rest }) => rest),
      one.suspects.map(({ runs: _, ...rest }) => rest),
    );
  });
});

test("property: the names of factors are names only", () => {
  const swap = (text: string) =>
    text.replaceAll(/\b[xy]\b/g, (name) => name === "x" ? "y" : "x");
  check((list) => {
    const renamed = list.map((one) => ({
      ...one,
      factors: new Map(
        [...one.factors].map(([id, value]) => [swap(id), value] as const),
      ),
    }));
    const [one, other] = [explain(list), explain(renamed)];
    assertEquals(other.outcome, one.outcome);
    assertEquals(other.isCaused, one.isCaused);
    assertEquals(
      other.suspects.map(({ id, evidence }) => [swap(id), evidence]).sort(),
      one.suspects.map(({ id, evidence }) => [id, evidence]).sort(),
    );
  });
});

test("property: the order of the other runs says nothing", () => {
  check((list) => {
    const [a, b, ...others] = list;
    if (a === undefined || b === undefined) return;
    const [one, other] = [explain(list), explain([a, b, ...others.reverse()])];
    assertEquals(answerOf(other, "after"), answerOf(one, "after"));
  });
});

/** What is answered, without the runs that show it: of several that show the same any can be named. */
function answerOf(verdict: Verdict, side: "before" | "after") {
  const { outcome, isCaused, joint, suspects, cleared } = verdict;
  return {
    ...{ outcome, isCaused, joint },
    suspects: suspects.map(({ id, [side]: value, evidence, group }) =>
      JSON.stringify([id, value, evidence, group])
    ).sort(),
    cleared: cleared.map(({ id }) => id).sort(),
  };
}

test("property: A and B are mirrored", () => {
  check((list) => {
    const [a, b, ...others] = list;
    if (a === undefined || b === undefined) return;
    const [one, other] = [explain(list), explain([b, a, ...others])];
    assertEquals(answerOf(other, "before"), answerOf(one, "after"));
    const [x, y] = [one.metric, other.metric];
    assertEquals(Object.is(x?.a, y?.b) && Object.is(x?.b, y?.a), true);
  });
});

test("property: sums that differ by rounding are one: half of a difference is a half in every order of the runs", () => {
  const at = (x: number, y: number, z: number, seed: number, loss: number) => ({
    ...{ config: { x, y, z }, seed, loss: loss / 7 },
  });
  const list = [
    at(1, 1, 1, 1, -2),
    at(0, 0, 0, 1, -3),
    at(1, 1, 0, 3, 0),
    at(1, 1, 0, 1, 0),
    at(0, 1, 0, 2, 0),
    { ...at(0, 0, 0, 1, 0), coverage: { inputs: NO_INPUTS } },
    at(0, 0, 0, 3, 2),
  ].map((one, k) => run(k + 1, one));
  const [a, b, ...others] = list as [RunFacts, RunFacts, ...RunFacts[]];
  const found = explain(list);
  const reversed = explain([a, b, ...others.toReversed()]);
  assertEquals(answerOf(reversed, "after"), answerOf(found, "after"));
  const mirrored = explain([b, a, ...others]);
  assertEquals(answerOf(mirrored, "before"), answerOf(found, "after"));
});

test("property: an unrelated run changes no outcome", () => {
  check((list) => {
    const stranger = run(999, {
      config: { x: 7, y: 8 },
      factors: { "code:a.ts#f": "other" },
      loss: 0.123,
    });
    // Its code makes code a factor that varies, and nothing more.
    const [one, other] = [explain(list), explain([...list, stranger])];
    assertEquals(other.outcome, one.outcome);
    assertEquals(other.isCaused, one.isCaused);
    assertEquals(other.suspects, one.suspects);
  });
});

test("property: what is said is so", () => {
  check((list) => {
    const [a, b] = list;
    const verdict = explain(list);
    const { outcome, sentence, isCaused, suspects, metric, coverage } = verdict;
    assert(!/NaN|undefined|Infinity/.test(sentence), sentence);
    if (outcome === "identical") {
      assertEquals(
        a?.metrics.get("loss")?.lastFinite,
        b?.metrics.get("loss")?.lastFinite,
      );
    }
    if (outcome === "explained") assert(suspects.length > 0, sentence);
    if (outcome === "unexplained") assertEquals(suspects, []);
    if (outcome === "within-noise") {
      assert(metric?.test !== undefined && metric.test.p > 0.05);
      assert(Math.max(metric.test.nA, metric.test.nB) >= 4);
    }
    if (outcome !== "stopped-early") {
      assertEquals([a?.status, b?.status], ["completed", "completed"]);
    }
    if (isCaused) {
      assert(Object.values(coverage).every(({ level }) => level === "full"));
      assert(metric?.test?.isBeyondNoise === true);
      assertEquals(suspects[0]?.evidence, "intervention");
    }
    if (sentence.toLowerCase().includes("same config")) {
      assertEquals([...a?.factors ?? []], [...b?.factors ?? []]);
    }
    if (sentence.includes("no repeats")) {
      assertEquals([verdict.repeats.a.runs, verdict.repeats.b.runs], [[1], [
        2,
      ]]);
    }
    assert(
      suspects.every(({ kind }) => kind !== "seed") || suspects.length === 1,
    );
  });
});

test("property: a run compared with itself is identical", () => {
  check(([a]) => {
    if (a === undefined || a.status !== "completed") return;
    const { outcome } = explainFacts({ a, b: a, others: [], leftOut: 0 });
    assertEquals(outcome, "identical");
  });
});

test("property: the verdict is JSON, and the same facts give the same verdict", () => {
  check((list) => {
    const verdict = explain(list);
    assertEquals(JSON.stringify(explain(list)), JSON.stringify(verdict));
    assertEquals(JSON.parse(JSON.stringify(verdict)).outcome, verdict.outcome);
  });
});

/** Which suspect comes first, and what speaks against it. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import type { RunFacts, Verdict } from "../../why/mod.ts";
import { NO_INPUTS, type Parts, run, why } from "./_history.ts";

const NOISE = [0.01, -0.013, 0.004, 0.002, -0.006, 0.003];

/** Makes runs with the values of `x` and `y`. */
function runsAt(
  from: number,
  [x, y]: readonly [x: number, y: number],
  loss: number,
  count: number = 1,
  more: Parts = {},
): RunFacts[] {
  return Array.from({ length: count }, (_, k) =>
    run(from + k, {
      ...more,
      config: { x, y, ...more.config },
      loss: loss + (NOISE[k % NOISE.length] ?? 0),
    }));
}

function explain(...runs: readonly (readonly RunFacts[])[]): Verdict {
  const [ofA = [], ofB = [], ...rest] = runs;
  const [a, ...siblingsA] = ofA;
  const [b, ...siblingsB] = ofB;
  if (a === undefined || b === undefined) throw new Error("no runs");
  return why(a, b, [...siblingsA, ...siblingsB, ...rest.flat()]);
}

function ids({ suspects }: Verdict): string[] {
  return suspects.map(({ id }) => id);
}

test("suspects: without another run two factors are one group", () => {
  const verdict = explain(runsAt(1, [0, 0], 1, 5), runsAt(11, [1, 1], 2, 5));
  assertEquals(
    verdict.suspects.map(({ evidence, group }) => [evidence, group]),
    [
      ["prior", ["config:x", "config:y"]],
      ["prior", ["config:x", "config:y"]],
    ],
  );
  assert(verdict.sentence.includes("one of: x (0 -> 1) or y (0 -> 1)"));
  assert(!verdict.isCaused);
});

test("suspects: a run between the two names the one that moved the metric", () => {
  const verdict = explain(
    runsAt(1, [0, 0], 1, 5),
    runsAt(11, [1, 1], 2, 5),
    runsAt(21, [0, 1], 2, 3),
  );
  assertEquals(ids(verdict), ["config:y"]);
  assertEquals(verdict.suspects[0]?.evidence, "intervention");
  assertEquals(verdict.cleared.map(({ id, reason }) => [id, reason]), [
    ["config:x", "suffices"],
  ]);
  assert(verdict.isCaused);
  assert(verdict.sentence.startsWith("Caused by y (0 -> 1)"), verdict.sentence);
  assert(
    verdict.sentence.includes("That suffices; x is not shown to be harmless"),
  );
});

test("suspects: the same where a run between has other inputs that are unknown names a group", () => {
  const verdict = explain(
    runsAt(1, [0, 0], 1, 5),
    runsAt(11, [1, 1], 2, 5),
    runsAt(21, [0, 1], 2, 3, { coverage: { inputs: NO_INPUTS } }),
  );
  assertEquals(verdict.suspects[0]?.group, ["config:x", "config:y"]);
  assertEquals(verdict.cleared, []);
});

test("suspects: a run with a third difference is not between", () => {
  const verdict = explain(
    runsAt(1, [0, 0], 1, 5),
    runsAt(11, [1, 1], 2, 5),
    runsAt(21, [0, 1], 2, 3, { config: { z: 1 } }),
  );
  assertEquals(verdict.suspects[0]?.group, ["config:x", "config:y"]);
});

test("suspects: a run with a third value is not between", () => {
  const verdict = explain(
    runsAt(1, [0, 0], 1, 5),
    runsAt(11, [1, 1], 2, 5),
    runsAt(21, [0, 7], 2, 3),
  );
  assertEquals(verdict.suspects[0]?.group, ["config:x", "config:y"]);
});

test("suspects: two that each moved the metric are split in the order of the history", () => {
  const verdict = explain(
    runsAt(1, [0, 0], 1, 5),
    runsAt(11, [1, 1], 2, 5),
    runsAt(21, [0, 1], 1.6, 3),
  );
  assertEquals(ids(verdict), ["config:y", "config:x"]);
  assertEquals(verdict.joint, "split-in-this-order");
  assert(verdict.sentence.includes("another order may split them otherwise"));
});

test("suspects: with both paths known and effects that add up nothing is joint", () => {
  const verdict = explain(
    runsAt(1, [0, 0], 1, 5),
    runsAt(11, [1, 1], 2, 5),
    runsAt(21, [0, 1], 1.6, 3),
    runsAt(31, [1, 0], 1.4, 3),
  );
  assertEquals(ids(verdict), ["config:y", "config:x"]);
  assertEquals(verdict.joint, undefined);
  assert(!verdict.sentence.includes("together"), verdict.sentence);
});

test("suspects: two that act only together are named together", () => {
  const verdict = explain(
    runsAt(1, [0, 0], 1, 5),
    runsAt(11, [1, 1], 2, 5),
    runsAt(21, [0, 1], 1, 3),
    runsAt(31, [1, 0], 1, 3),
  );
  assertEquals(verdict.joint, "together");
  assertEquals(ids(verdict).sort(), ["config:x", "config:y"]);
  assert(verdict.sentence.includes("together"), verdict.sentence);
});

test("suspects: of three factors two that change together in every run are one group", () => {
  const at = (
    from: number,
    xyz: readonly number[],
    loss: number,
    count: number,
  ) =>
    Array.from({ length: count }, (_, k) =>
      run(from + k, {
        config: { x: xyz[0], y: xyz[1], z: xyz[2] },
        loss: loss + (NOISE[k] ?? 0),
      }));
  const verdict = explain(
    at(1, [0, 0, 0], 1, 5),
    at(11, [1, 1, 1], 2, 5),
    at(21, [0, 1, 1], 2, 3),
  );
  assertEquals(ids(verdict), ["config:y", "config:z"]);
  assertEquals(verdict.suspects[0]?.group, ["config:y", "config:z"]);
  assert(verdict.sentence.startsWith("Caused by one of: y"), verdict.sentence);
});

test("suspects: a run between without any repeats orders, and proves nothing", () => {
  const verdict = explain(
    runsAt(1, [0, 0], 1),
    runsAt(11, [1, 1], 2),
    runsAt(21, [0, 1], 1.9),
  );
  assertEquals(ids(verdict)[0], "config:y");
  assert(!verdict.isCaused);
  assert(verdict.sentence.includes("not known whether this is chance"));
});

test("suspects: equal bits of many digits clear a factor without repeats", () => {
  const fine = Math.SQRT2;
  const [a] = runsAt(1, [0, 0], 1), [c] = runsAt(21, [0, 1], 0);
  const b = run(11, { config: { x: 1, y: 1 }, loss: fine });
  const between = run(21, { config: { x: 0, y: 1 }, loss: fine });
  assert(a && c);
  const verdict = why(a, b, [between]);
  assertEquals(ids(verdict), ["config:y"]);
  assertEquals(verdict.cleared.map(({ id }) => id), ["config:x"]);
  // The same with a value that runs share by chance.
  const coarse = why(
    run(1, { config: { x: 0, y: 0 }, loss: 0.5 }),
    run(2, { config: { x: 1, y: 1 }, loss: 0.75 }),
    [run(3, { config: { x: 0, y: 1 }, loss: 0.75 })],
  );
  assertEquals(coarse.cleared, []);
});

test("suspects: an association within blocks comes before a prior", () => {
  // x moves the result at another depth, in runs that agree in everything else; the two differ in x and y.
  const blocks = [2, 3].flatMap((depth) =>
    [0, 1].flatMap((x) =>
      [0, 1, 2, 3].map((k) =>
        run(100 * depth + 10 * x + k, {
          config: { x, y: depth - 2, depth },
          loss: depth + x + (NOISE[k] ?? 0),
        })
      )
    )
  );
  const verdict = why(
    run(1, { config: { x: 0, y: 0, depth: 1 }, loss: 1 }),
    run(2, { config: { x: 1, y: 1, depth: 1 }, loss: 2 }),
    blocks,
  );
  assertEquals(ids(verdict), ["config:x", "config:y"]);
  assertEquals(verdict.suspects.map(({ evidence }) => evidence), [
    "association",
    "prior",
  ]);
  assert(!verdict.isCaused);
});

test("suspects: what differs between blocks is no association", () => {
  // Pooled, x goes with the result; but depth does it, and x only changed with depth.
  const pooled = [0, 1].flatMap((x) =>
    [0, 1, 2, 3].map((k) =>
      run(100 + 10 * x + k, {
        config: { x, y: 0, depth: 2 + x },
        loss: 2 + x + (NOISE[k] ?? 0),
      })
    )
  );
  const verdict = why(
    run(1, { config: { x: 0, y: 0, depth: 1 }, loss: 1 }),
    run(2, { config: { x: 1, y: 1, depth: 1 }, loss: 2 }),
    pooled,
  );
  assertEquals(verdict.suspects.map(({ evidence }) => evidence), [
    "prior",
    "prior",
  ]);
});

test("suspects: the seed is none while another remains", () => {
  const verdict = why(
    run(1, { config: { x: 0 }, seed: 1, loss: 1 }),
    run(2, { config: { x: 1 }, seed: 2, loss: 2 }),
  );
  assertEquals(ids(verdict), ["config:x"]);
  assertEquals(verdict.differing.map(({ id }) => id), ["config:x", "seed"]);
});

test("evidence: good and bad runs are not pooled", () => {
  const verdict = explain(
    runsAt(1, [0, 0], 1, 5),
    runsAt(11, [1, 0], 2, 5),
    runsAt(21, [0, 9], 50, 5),
  );
  assertEquals(
    verdict.evidence.map(({ value, runs }) => [value, runs.length]),
    [
      ["0", 5],
      ["1", 5],
    ],
  );
});

test("suspects: another seed without repeats is no intervention", () => {
  const at = (id: number, x: number, y: number, seed: number, loss: number) =>
    run(id, { config: { x, y }, seed, loss });
  const other = why(at(1, 0, 0, 1, 1), at(2, 1, 1, 1, 2), [
    at(3, 0, 1, 7, 2.1),
  ]);
  assertEquals(other.suspects[0]?.group, ["config:x", "config:y"]);
  const same = why(at(1, 0, 0, 1, 1), at(2, 1, 1, 1, 2), [at(3, 0, 1, 1, 2.1)]);
  assertEquals(ids(same)[0], "config:y");
});

test("suspects: a small effect that is certain does not come before a large one", () => {
  // Without noise every change is certain: y moves the metric by a hundredth, x by the rest.
  const at = (id: number, x: number, y: number) =>
    run(id, { config: { x, y }, loss: Math.SQRT2 + x + y / 100 });
  const verdict = why(at(1, 0, 0), at(2, 1, 1), [at(3, 0, 0), at(4, 0, 1)]);
  assertEquals(ids(verdict)[0], "config:x");
  assert(!verdict.sentence.includes("and y (0"), verdict.sentence);
});

test("suspects: changes that alone go the other way are not named as the cause", () => {
  const verdict = explain(
    runsAt(1, [0, 0], 1, 5),
    runsAt(11, [1, 1], 2, 1),
    runsAt(21, [0, 1], 0.4, 1),
    runsAt(31, [1, 0], 0.5, 1),
  );
  assertEquals(verdict.suspects[0]?.group ?? ids(verdict), [
    "config:x",
    "config:y",
  ]);
  assert(!verdict.isCaused);
});

test("suspects: a part of the difference is not its cause", () => {
  // x made a third of it, beyond the noise; what made the rest is not known.
  const verdict = explain(
    runsAt(1, [0, 0], 1, 5),
    runsAt(11, [1, 1], 2, 1),
    runsAt(21, [1, 0], 1.34, 1),
  );
  assert(!verdict.isCaused, verdict.sentence);
});

test("suspects: code that was moved or renamed is none, and what changed on the way is one", () => {
  const a = run(1, {
    factors: {
      "code:src/loss.ts#WEIGHTS": "w",
      "code:src/loss.ts#mse": "old",
      "code:src/loss.ts#": "s",
      "code:src/a.ts#f": "body",
    },
    loss: 1,
  });
  const b = run(2, {
    factors: {
      "code:src/losses/mse.ts#WEIGHTS": "w",
      "code:src/losses/mse.ts#mse": "new",
      "code:src/losses/mse.ts#": "s",
      "code:src/a.ts#renamed": "body",
    },
    loss: 2,
  });
  const verdict = why(a, b);
  assertEquals(
    verdict.suspects.map(({ id, before, after }) => [id, before, after]),
    [["code:src/losses/mse.ts#mse", "old", "new"]],
  );
  assert(
    verdict.sentence.includes("mse in src/losses/mse.ts:"),
    verdict.sentence,
  );
  // Another body of the same name elsewhere, with nothing else moved, is one removed and one added.
  const other = why(
    run(1, { factors: { "code:src/a.ts#f": "x" }, loss: 1 }),
    run(2, { factors: { "code:src/b.ts#f": "y" }, loss: 2 }),
  );
  assertEquals(ids(other), ["code:src/a.ts#f", "code:src/b.ts#f"]);
});

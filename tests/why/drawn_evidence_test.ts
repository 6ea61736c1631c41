/** The evidence of an answer, ready to be drawn. */
import { test } from "node:test";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  drawEvidence,
  explainFacts,
  factorVersions,
  type RunFacts,
} from "../../why/mod.ts";

const full = { level: "full", missing: [] } as const;

function run(
  id: number,
  config: Readonly<Record<string, number>>,
  loss: number,
): RunFacts {
  return {
    id,
    status: "completed",
    coverage: { config: full, code: full, inputs: full, environment: full },
    factors: new Map(
      Object.entries(config).map(([key, value]) => [
        `config:${key}`,
        String(value),
      ]),
    ),
    unread: new Set(),
    metrics: new Map([["loss", {
      count: 1,
      lastStep: 0,
      last: loss,
      lastFinite: Number.isFinite(loss) ? loss : undefined,
      min: loss,
      max: loss,
    }]]),
  };
}

function drawn(a: RunFacts, b: RunFacts, others: readonly RunFacts[]) {
  const values = new Map(
    [a, b, ...others].map((one) => [one.id, one.metrics.get("loss")?.last]),
  );
  const verdict = explainFacts({ a, b, others, leftOut: 0 });
  return drawEvidence(verdict, (id) => values.get(id));
}

test("drawEvidence: a group has its runs as points, and the t interval of their mean", () => {
  const { groups } = drawn(run(1, { lr: 1 }, 2), run(2, { lr: 2 }, 9), [
    run(3, { lr: 1 }, 4),
  ]);
  const [first, second] = groups;
  assertEquals(first?.points, [{ run: 1, value: 2 }, { run: 3, value: 4 }]);
  assertEquals(first?.mean, 3);
  // With one degree of freedom, t is 12.7062 at 95%; the standard error is 1.
  assertAlmostEquals(first!.interval![0], 3 - 12.7062, 1e-3);
  assertAlmostEquals(first!.interval![1], 3 + 12.7062, 1e-3);
  assertEquals([second?.points.length, second?.interval], [1, undefined]);
});

test("drawEvidence: a run without a finite result is counted, and is no point", () => {
  const { groups } = drawn(run(1, { lr: 1 }, 2), run(2, { lr: 1 }, 3), [
    run(3, { lr: 1 }, NaN),
  ]);
  // Neither of the two is a repeat of the other: the pair is not its own yardstick.
  assertEquals(
    groups.map(({ name, missing, points }) => [
      name,
      missing,
      points.map(({ run }) => run),
    ]),
    [["run 1 and its repeats", 1, [1]], ["run 2 and its repeats", 1, [2]]],
  );
});

test("drawEvidence: the chain leads from the first run over the runs between to the second", () => {
  const { chain } = drawn(
    run(1, { lr: 1, depth: 1 }, 0),
    run(2, { lr: 2, depth: 2 }, 3),
    [run(3, { lr: 2, depth: 1 }, 2)],
  );
  assertEquals(
    chain.map(({ ids, from, to }) => [ids, from, to]),
    [
      [["config:lr"], { run: 1, value: 0 }, { run: 3, value: 2 }],
      [["config:depth"], { run: 3, value: 2 }, { run: 2, value: 3 }],
    ],
  );
});

test("drawEvidence: no chain is drawn if no run is between the two", () => {
  const { chain } = drawn(
    run(1, { lr: 1, depth: 1 }, 0),
    run(2, { lr: 2, depth: 2 }, 3),
    [run(3, { lr: 7, depth: 9 }, 2)],
  );
  assert(chain.every(({ ids }) => ids.length > 1) || chain.length === 0);
});

test("factorVersions: the runs of each value, oldest first, with the mean of finite results", () => {
  const runs = [
    run(4, { lr: 2 }, 5),
    run(1, { lr: 1 }, 1),
    run(2, { lr: 2 }, 3),
    run(3, { lr: 2 }, NaN),
    run(5, { depth: 1 }, 9),
  ];
  assertEquals(factorVersions(runs, "config:lr", "loss"), [
    { value: "1", runs: [1], mean: 1 },
    { value: "2", runs: [2, 3, 4], mean: 4 },
  ]);
  assertEquals(factorVersions(runs, "config:nope", "loss"), []);
  assertEquals(factorVersions(runs, "config:lr")[0], { value: "1", runs: [1] });
});

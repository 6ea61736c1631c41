/**
 * Error rates on simulated histories: few enough to be fast, drawn from fixed seeds, so that they give the same
 * result everywhere. `bench/why/simulate.ts` measures the rates themselves.
 */
import { test } from "node:test";
import { assert } from "@std/assert";
import { createRandom } from "../../hyperopt/mod.ts";
import { bisectFacts, type RunFacts, type Verdict } from "../../why/mod.ts";
import { run, why } from "./_history.ts";

const HISTORIES = 200;
/** Of 200 histories at 5%, more than 20 are wrong in one of 1,000 tests by chance. */
const MOST_WRONG = 20;

type Random = ReturnType<typeof createRandom>;

function count(
  name: string,
  isHit: (random: Random) => boolean,
  histories: number = HISTORIES,
): number {
  const random = createRandom(name);
  let hits = 0;
  for (let k = 0; k < histories; k++) hits += isHit(random) ? 1 : 0;
  return hits;
}

function convicts({ outcome, metric, isCaused }: Verdict): boolean {
  return isCaused ||
    (outcome === "explained" && metric?.test?.isBeyondNoise === true);
}

/** Runs of two settings with the same result, the compared pair first. */
function settings(
  random: Random,
  nA: number,
  nB: number,
  seeds: boolean = false,
): RunFacts[] {
  const make = (id: number, x: number) =>
    run(id, {
      config: { x },
      ...(seeds && { seed: id }),
      loss: random.normal(),
    });
  return [
    make(1, 0),
    make(2, 1),
    ...Array.from({ length: nA - 1 }, (_, k) => make(10 + k, 0)),
    ...Array.from({ length: nB - 1 }, (_, k) => make(40 + k, 1)),
  ];
}

function explain([a, b, ...others]: readonly RunFacts[]): Verdict {
  if (a === undefined || b === undefined) throw new Error("no runs");
  return why(a, b, others);
}

for (
  const [nA, nB, seeds] of [
    [2, 1, false],
    [5, 1, false],
    [1, 5, false],
    [2, 20, false],
    [5, 5, false],
    [5, 5, true],
    [5, 1, true],
  ] as const
) {
  const what = `${nA} and ${nB} ${seeds ? "seeds" : "repeats"}`;
  test(`simulated: noise convicts in at most one of twenty, ${what}`, () => {
    const wrong = count(
      what,
      (random) => convicts(explain(settings(random, nA, nB, seeds))),
    );
    assert(wrong <= MOST_WRONG, `${wrong} of ${HISTORIES}`);
  });
}

test("simulated: of many metrics none is convicted by being looked at", () => {
  const wrong = count("metrics", (random) => {
    const make = (id: number, x: number) => {
      const draw = () => random.normal();
      const metrics = Object.fromEntries(
        Array.from({ length: 10 }, (_, k) => [`m${k}`, draw()]),
      );
      return run(id, { config: { x }, metrics });
    };
    const runs = Array.from({ length: 10 }, (_, k) => make(k + 1, k % 2));
    return convicts(explain(runs));
  });
  assert(wrong <= MOST_WRONG, `${wrong} of ${HISTORIES}`);
});

test("simulated: the best of ten is not unusual for being the best", () => {
  const wrong = count("best", (random) => {
    const runs = Array.from(
      { length: 10 },
      (_, k) => run(k + 1, { config: { x: 0 }, loss: random.normal() }),
    )
      .sort((x, y) =>
        (x.metrics.get("loss")?.last ?? 0) - (y.metrics.get("loss")?.last ?? 0)
      );
    const { repeats, metric } = explain(runs);
    return repeats.a.isUnusual === true || metric?.test?.isBeyondNoise === true;
  });
  assert(wrong <= MOST_WRONG, `${wrong} of ${HISTORIES}`);
});

test("simulated: Simpson's paradox does not convict the factor that goes along", () => {
  // y moves the result, and x changed with it in most runs.
  const wrong = count("simpson", (random) => {
    const make = (id: number, x: number, y: number) =>
      run(id, { config: { x, y }, loss: y + 0.1 * random.normal() });
    const sizes = [[0, 0, 6], [1, 1, 6], [0, 1, 2], [1, 0, 2]] as const;
    const runs = sizes.flatMap(([x, y, n], group) =>
      Array.from({ length: n }, (_, k) => make(100 * group + k + 1, x, y))
    );
    const [a, b] = [runs[0], runs[6]];
    const { suspects } = explain(
      [a, b, ...runs.filter((one) => one !== a && one !== b)].flatMap((one) =>
        one ?? []
      ),
    );
    return suspects[0]?.id !== "config:y" || suspects[0].group !== undefined;
  });
  assert(wrong <= MOST_WRONG, `${wrong} of ${HISTORIES}`);
});

test("simulated: a large effect is found", () => {
  const found = count("large", (random) => {
    const runs = settings(random, 5, 1).map((one) =>
      one.factors.get("config:x") === "1"
        ? run(one.id, {
          config: { x: 1 },
          loss: (one.metrics.get("loss")?.last ?? 0) + 8,
        })
        : one
    );
    return explain(runs).isCaused;
  });
  assert(found >= 0.9 * HISTORIES, `${found} of ${HISTORIES}`);
});

test("simulated: noise moves in at most one of twenty histories", () => {
  const wrong = count("bisect", (random) => {
    const runs = Array.from(
      { length: 40 },
      (_, k) =>
        run(k + 1, {
          seed: k,
          config: { x: k < 20 ? 0 : 1 },
          loss: random.normal(),
        }),
    );
    return bisectFacts(runs, { metric: "loss" }).moves.length > 0;
  }, 100);
  assert(wrong <= 12, `${wrong} of 100`);
});

test("simulated: the place of a move is in the set of its locations", () => {
  const missed = count("place", (random) => {
    const at = 10 + random.integer(20);
    const runs = Array.from(
      { length: 40 },
      (_, k) => run(k + 1, { loss: random.normal() + (k < at ? 0 : 2.5) }),
    );
    const { moves } = bisectFacts(runs, { metric: "loss" });
    return !moves.some(({ locations }) => locations.includes(at + 1));
  }, 60);
  assert(missed <= 8, `${missed} of 60`);
});

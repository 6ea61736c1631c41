import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import {
  bohbSampler,
  category,
  defineSpace,
  fullFidelity,
  hyperband,
  int,
  openStudy,
  type Point,
  randomSampler,
  type Sampler,
  tpeSampler,
} from "../../hyperopt/mod.ts";
import { createRandom, type Random } from "../../hyperopt/random.ts";
import { bests, bowl, median, search, share, square } from "./_sampling.ts";

test("tpeSampler: it is much better than random on a bowl", () => {
  const tpe = median(
    bests(() => tpeSampler(square), bowl, { trials: 60, seeds: 15 }),
  );
  const random = median(
    bests(() => randomSampler(square), bowl, { trials: 60, seeds: 15 }),
  );
  assertLess(tpe, random / 10);
});

test("tpeSampler: samples gather around the optimum", () => {
  const points = search(tpeSampler(square), createRandom(1), {
    trials: 100,
    loss: bowl,
  });
  assertLess(share(points.slice(0, 10), (point) => bowl(point) < 1), 0.5);
  assertGreater(share(points.slice(60), (point) => bowl(point) < 1), 0.6);
});

test("tpeSampler: parameters that depend on each other are kept together", () => {
  const loss = ([x = 0, y = 0]: Point) => 10 * (x - y) ** 2 + (x + y - 4) ** 2;
  const tpe = median(
    bests(() => tpeSampler(square), loss, { trials: 100, seeds: 15 }),
  );
  const random = median(
    bests(() => randomSampler(square), loss, { trials: 100, seeds: 15 }),
  );
  assertLess(tpe, random / 3);
});

test("tpeSampler: of up to 30 trials half of the good share is good, and of 60 all of it", () => {
  const pointsOf = (trials: number, goodShare: number): Point[] => {
    const sampler = tpeSampler(square, { goodShare });
    const root = createRandom(5);
    for (let trial = 0; trial < trials; trial++) {
      const random = root.fork(trial);
      const point = [random.next() * 10 - 5, random.next() * 10 - 5];
      sampler.observe?.({ trial, point, fidelity: 1, loss: bowl(point) });
    }
    return Array.from(
      { length: 10 },
      (_, index) => sampler.sample(100 + index, root.fork(100 + index)) ?? [],
    );
  };
  // The number of good trials decides: it is rounded up.
  const cases = [
    { trials: 20, same: [0.15, 0.2], other: 0.3 },
    { trials: 30, same: [0.15, 0.2], other: 0.3 },
    { trials: 45, same: [0.15, 0.17], other: 0.2 },
    { trials: 60, same: [0.15, 0.14], other: 0.13 },
    { trials: 90, same: [0.15, 0.145], other: 0.13 },
  ] as const;
  for (const { trials, same: [one, equal], other } of cases) {
    assertEquals(pointsOf(trials, one), pointsOf(trials, equal), `${trials}`);
    assertNotEquals(pointsOf(trials, one), pointsOf(trials, other));
  }
});

test("tpeSampler: if all trials failed, it avoids their places and continues", () => {
  const sampler = tpeSampler(square);
  const root = createRandom(3);
  for (let trial = 0; trial < 40; trial++) {
    const point = [1 + trial / 100, 1 - trial / 100];
    sampler.observe?.({ trial, point, fidelity: 1, loss: undefined });
  }
  for (let trial = 40; trial < 60; trial++) {
    const [x = 0, y = 0] = sampler.sample(trial, root.fork(trial)) ?? [];
    assertGreater(Math.hypot(x - 1.2, y - 0.8), 1);
  }
});

test("tpeSampler: a trial that failed once and was measured later counts as measured", () => {
  const once = tpeSampler(square);
  const twice = tpeSampler(square);
  const root = createRandom(8);
  for (let trial = 0; trial < 30; trial++) {
    const random = root.fork(trial);
    const point = [random.next() * 10 - 5, random.next() * 10 - 5];
    const observation = { trial, point, fidelity: 1, loss: bowl(point) };
    once.observe?.(observation);
    twice.observe?.({ ...observation, loss: undefined });
    twice.observe?.(observation);
  }
  assertEquals(twice.sample(30, root.fork(30)), once.sample(30, root.fork(30)));
});

test("tpeSampler: places of running trials are avoided", () => {
  const distance = (pending: boolean): number => {
    const sampler = tpeSampler(square);
    const root = createRandom(6);
    search(sampler, root, { trials: 60, loss: bowl });
    // Around the optimum, which it would sample.
    for (let index = 0; pending && index < 25; index++) {
      const x = 1.6 + 0.2 * (index % 5);
      const y = -1.4 + 0.2 * Math.floor(index / 5);
      sampler.started?.(1000 + index, [x, y]);
    }
    const distances = Array.from({ length: 60 }, (_, index) => {
      const point = sampler.sample(60 + index, root.fork(60 + index)) ?? [];
      return Math.sqrt(bowl(point));
    });
    return median(distances);
  };
  assertGreater(distance(true), 1.5 * distance(false));
});

test("tpeSampler: a trial that ended is no longer running, even if it is started again later", () => {
  const sampler = tpeSampler(square);
  const plain = tpeSampler(square);
  const root = createRandom(7);
  const points = search(plain, root, { trials: 30, loss: bowl });
  points.forEach((point, trial) => {
    sampler.started?.(trial, point);
    sampler.observe?.({ trial, point, fidelity: 1, loss: bowl(point) });
    sampler.started?.(trial, point);
  });
  for (let trial = 30; trial < 60; trial++) {
    assertEquals(
      sampler.sample(trial, root.fork(trial)),
      plain.sample(trial, root.fork(trial)),
    );
  }
});

test("tpeSampler: equal points with different losses do no harm", () => {
  const sampler = tpeSampler(square);
  const root = createRandom(2);
  for (let trial = 0; trial < 50; trial++) {
    sampler.observe?.({ trial, point: [1, 1], fidelity: 1, loss: trial % 5 });
  }
  for (let trial = 50; trial < 60; trial++) {
    const point = sampler.sample(trial, root.fork(trial)) ?? [];
    assert(point.every((value) => Math.abs(value ?? NaN) <= 5));
  }
});

test("tpeSampler: points of a small space without floats are not repeated", () => {
  const space = defineSpace({
    n: int(1, 4),
    c: category(["a", "b", "c", "d"]),
  });
  const points = search(tpeSampler(space), createRandom(5), {
    trials: 40,
    loss: ([n = 0, c = 0]) => n + c,
  });
  const late = points.slice(0, 26).map((point) => point.join());
  // The ten random points may repeat; those of the model do not while there are others.
  assertGreater(new Set(late).size, 14);
  assertEquals(points.length, 40);
});

/** The share of uniform points in the right half of the square, but of those of a sampler. */
function rightShare(sampler: Sampler, root: Random): number {
  const points = Array.from(
    { length: 200 },
    (_, index) => sampler.sample(1000 + index, root.fork(index)) ?? [],
  );
  return share(points, ([x = 0]) => x > 0);
}

test("tpeSampler: each fidelity that has enough trials counts", () => {
  const right = (fidelity: number, trained: number): number => {
    const sampler = tpeSampler(square, { leastPoints: 12 });
    const root = createRandom(1);
    for (let trial = 0; trial < 60; trial++) {
      const random = root.fork(trial);
      const point = [random.next() * 10 - 5, random.next() * 10 - 5];
      const [x = 0] = point;
      // One epoch misleads: it prefers x = -4, and more epochs prefer x = 4.
      sampler.observe?.({ trial, point, fidelity: 1, loss: (x + 4) ** 2 });
      if (trial >= trained) continue;
      sampler.observe?.({ trial, point, fidelity, loss: (x - 4) ** 2 });
    }
    return rightShare(sampler, createRandom(2));
  };
  const [low, both, all] = [right(9, 11), right(9, 12), right(9, 60)];
  assertLess(low, 0.3);
  assertGreater(both, low + 0.05);
  assertGreater(all, both);
});

test("tpeSampler: where trials are stopped anywhere, those that went further are better", () => {
  const sampler = tpeSampler(square, { leastPoints: 100 });
  const root = createRandom(1);
  for (let trial = 0; trial < 80; trial++) {
    const random = root.fork(trial);
    const point = [random.next() * 10 - 5, random.next() * 10 - 5];
    // The losses do not matter: only the fidelity that a trial reached does.
    const fidelity = (point[0] ?? 0) > 2 ? 9 : 1 + trial % 7;
    sampler.observe?.({ trial, point, fidelity, loss: random.next() });
  }
  assertGreater(rightShare(sampler, createRandom(2)), 0.65);
});

test("tpeSampler: a failure at a low fidelity counts at high ones, too", () => {
  const sampler = tpeSampler(square, { leastPoints: 5 });
  const root = createRandom(1);
  for (let trial = 0; trial < 60; trial++) {
    const random = root.fork(trial);
    const point = [random.next() * 10 - 5, random.next() * 10 - 5];
    const failed = (point[0] ?? 0) > 0;
    const loss = failed ? undefined : random.next();
    sampler.observe?.({ trial, point, fidelity: 1, loss });
    if (!failed) sampler.observe?.({ trial, point, fidelity: 9, loss });
  }
  assertLess(rightShare(sampler, createRandom(2)), 0.4);
});

test("tpeSampler: where a scheduler has rungs, no point is close to a known one while there is room", () => {
  const gap = (fidelities: readonly number[]): number => {
    const sampler = tpeSampler(square);
    sampler.prepare?.(fidelities);
    const root = createRandom(1);
    const points: Point[] = [];
    const gaps: number[] = [];
    for (let trial = 0; trial < 60; trial++) {
      const point = sampler.sample(trial, root.fork(trial)) ?? [];
      const [x = 0, y = 0] = point;
      gaps.push(Math.min(
        ...points.map(([u = 0, v = 0]) => Math.hypot(x - u, y - v)),
      ));
      points.push(point);
      const loss = bowl(point);
      for (const fidelity of fidelities) {
        sampler.observe?.({ trial, point, fidelity, loss });
      }
    }
    return median(gaps.slice(30));
  };
  // The model of one fidelity goes to the minimum, and stays there.
  assertLess(gap([9]), 0.3);
  assertGreater(gap([1, 9]), 0.6);
});

test("tpeSampler: until two rungs have results, its points are those of random search", () => {
  for (const make of [tpeSampler, bohbSampler]) {
    const sampler = make(square);
    sampler.prepare?.([1, 3, 9]);
    const random = randomSampler(square);
    const root = createRandom(4);
    const isSame = (trial: number) =>
      String(sampler.sample(trial, root.fork(trial))) ===
        String(random.sample(trial, root.fork(trial)));
    for (let trial = 0; trial < 40; trial++) {
      assert(isSame(trial));
      const point = random.sample(trial, root.fork(trial)) ?? [];
      sampler.observe?.({ trial, point, fidelity: 1, loss: bowl(point) });
      if (trial >= 4) continue;
      sampler.observe?.({ trial, point, fidelity: 3, loss: bowl(point) });
    }
    const point = [2, -1];
    sampler.observe?.({ trial: 40, point, fidelity: 3, loss: 0 });
    const same = Array.from({ length: 20 }, (_, index) => isSame(41 + index));
    assert(same.includes(false));
  }
});

test("tpeSampler: a study tells it the rungs of its scheduler", () => {
  const told: (readonly number[])[] = [];
  const sampler: Sampler = {
    ...randomSampler(square),
    name: "told",
    sample: () => [0, 0],
    prepare: (fidelities) => void told.push(fidelities),
  };
  const scheduler = hyperband({ maxFidelity: 9, eta: 3 });
  const settings = { id: "told", space: square, metric: "loss" };
  openStudy({ ...settings, sampler, scheduler }).close();
  openStudy({ ...settings, sampler, scheduler: fullFidelity({ trials: 2 }) })
    .close();
  assertEquals(told, [[1, 3, 9], [1]]);
});

test("bohbSampler: every third point is random", () => {
  const loss = ([x = 0, y = 0]: Point) => (x - 2) ** 2 + (y + 1) ** 2;
  const run = (randomShare?: number) =>
    search(
      bohbSampler(square, randomShare === undefined ? {} : { randomShare }),
      createRandom(3),
      { trials: 300, loss },
    )
      .slice(100);
  const far = (point: Point) => loss(point) > 9;
  const random = share(
    search(randomSampler(square), createRandom(3), { trials: 300, loss }),
    far,
  );
  assertLess(share(run(0), far), 0.1);
  assertLess(Math.abs(share(run(), far) - random / 3), 0.1);
});

test("tpeSampler: an option that is out of range is refused by its name", () => {
  const cases = [
    [
      { startup: -1 },
      "Cannot sample with startup=-1: it must be a whole number from 0 up",
    ],
    [
      { candidates: 0 },
      "Cannot sample with candidates=0: it must be a whole number from 1 up",
    ],
    [
      { leastPoints: 1.5 },
      "Cannot sample with leastPoints=1.5: it must be a whole number from 1 up",
    ],
    [
      { goodShare: 2 },
      "Cannot sample with goodShare=2: it must be from 0 to 1",
    ],
    [
      { randomShare: NaN },
      "Cannot sample with randomShare=NaN: it must be from 0 to 1",
    ],
  ] as const;
  for (const [options, message] of cases) {
    assertThrows(() => tpeSampler(square, options), RangeError, message);
    assertThrows(() => bohbSampler(square, options), RangeError, message);
  }
});

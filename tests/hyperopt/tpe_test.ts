import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  bohbSampler,
  category,
  defineSpace,
  float,
  fullFidelity,
  hyperband,
  int,
  type Observation,
  openStudy,
  type Point,
  randomSampler,
  type Sampler,
  type Space,
  tpeSampler,
} from "../../hyperopt/mod.ts";
import { createRandom, type Random } from "../../hyperopt/random.ts";
import { median, search, twoModels } from "./_sampling.ts";

const square = defineSpace({ x: float(-5, 5), y: float(-5, 5) });

/** A function with its minimum at (2, -1). */
function bowl([x = 0, y = 0]: Point): number {
  return (x - 2) ** 2 + (y + 1) ** 2;
}

/** Returns the least loss of a search, for several seeds. */
function bests(
  make: () => Sampler,
  loss: (point: Point) => number,
  trials = 60,
): number[] {
  return Array.from({ length: 15 }, (_, seed) => {
    const points = search(make(), createRandom(seed), { trials, loss });
    return Math.min(...points.map(loss));
  });
}

/** Returns the share of points for which a condition holds. */
function share(
  points: readonly Point[],
  is: (point: Point) => boolean,
): number {
  return points.filter(is).length / points.length;
}

test("tpeSampler: it is much better than random on a bowl", () => {
  const tpe = median(bests(() => tpeSampler(square), bowl));
  const random = median(bests(() => randomSampler(square), bowl));
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

test("tpeSampler: it learns logarithmic, whole and categorical parameters together", () => {
  const space = defineSpace({
    lr: float(1e-6, 1, { log: true }),
    width: int(1, 1024, { log: true }),
    depth: int(1, 12),
    optimizer: category(["sgd", "adam", "lion", "adagrad"]),
  });
  const loss = ([lr = 1, width = 1, depth = 1, optimizer = 0]: Point) =>
    (Math.log10(lr) + 3) ** 2 + (Math.log2(width) - 6) ** 2 / 4 +
    (depth - 9) ** 2 / 9 + (optimizer === 1 ? 0 : 1);
  const tpe = bests(() => tpeSampler(space), loss, 80);
  const random = bests(() => randomSampler(space), loss, 80);
  assertLess(median(tpe), median(random) / 3);
  assertLess(Math.max(...tpe), 1, "each seed found the right optimizer");
});

test("tpeSampler: parameters that depend on each other are kept together", () => {
  const loss = ([x = 0, y = 0]: Point) => 10 * (x - y) ** 2 + (x + y - 4) ** 2;
  const tpe = median(bests(() => tpeSampler(square), loss, 100));
  const random = median(bests(() => randomSampler(square), loss, 100));
  assertLess(tpe, random / 3);
});

test("tpeSampler: a conditional parameter is learned from the trials that have it, and exists only there", () => {
  const { space, loss, assertFits } = twoModels();
  const points = search(tpeSampler(space), createRandom(4), {
    trials: 120,
    loss,
  });
  points.forEach(assertFits);
  const late = points.slice(60);
  assertGreater(share(late, ([name]) => name === 1), 0.7);
  assertLess(Math.min(...late.map(loss)), 0.1);
});

test("tpeSampler: places of failed trials, also NaN, are avoided", () => {
  const failed = ([x = 0]: Point) => x > 0;
  for (const failure of [undefined, NaN]) {
    const points = search(tpeSampler(square), createRandom(2), {
      trials: 120,
      // Only the failures depend on x.
      loss: (point) => failed(point) ? failure : (point[1] ?? 0) ** 2,
    });
    assertGreater(share(points.slice(0, 10), failed), 0);
    assertLess(share(points.slice(40), failed), 0.2);
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

test("tpeSampler: infinite losses rank first or last", () => {
  const points = search(tpeSampler(square), createRandom(9), {
    trials: 80,
    loss: ([x = 0]) => x > 1 ? -Infinity : x < 0 ? Infinity : x,
  });
  assertGreater(share(points.slice(40), ([x = 0]) => x > 1), 0.7);
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

/** Feeds observations, then asks. */
function after(
  space: Space<unknown>,
  observations: readonly Observation[],
  pending: readonly (readonly [number, Point])[],
): Point | undefined {
  const sampler = tpeSampler(space);
  for (const [trial, point] of pending) sampler.started?.(trial, point);
  for (const observation of observations) sampler.observe?.(observation);
  return sampler.sample(99, createRandom(1).fork(99));
}

test("tpeSampler: the point depends on the observations, not on their order", () => {
  const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
  const observation = fc.record({
    point: fc.tuple(coordinate, coordinate),
    fidelity: fc.constantFrom(1, 3),
    // Few losses, so that there are ties.
    loss: fc.constantFrom(0, 1, 2, 3, undefined),
  });
  fc.assert(fc.property(
    fc.array(observation, { minLength: 12, maxLength: 40 }).chain((made) => {
      const all = made.map((each, trial): Observation => ({ trial, ...each }));
      return fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length }),
      );
    }),
    ([ordered, shuffled]) => {
      const pending = [[50, [1, 1]], [51, [2, 2]]] as const;
      assertEquals(
        after(square, shuffled, [...pending].reverse()),
        after(square, ordered, pending),
      );
    },
  ));
});

test("tpeSampler: a repeated observation counts once, and a corrected one replaces it", () => {
  const root = createRandom(12);
  const points = Array.from({ length: 25 }, (_, trial) => {
    const random = root.fork(trial);
    return [random.next() * 10 - 5, random.next() * 10 - 5];
  });
  const observations = points.map((point, trial): Observation => (
    { trial, point, fidelity: 1, loss: bowl(point) }
  ));
  const expected = after(square, observations, []);
  assertEquals(after(square, [...observations, ...observations], []), expected);
  const wrong = observations.map((each) => ({
    ...each,
    loss: -bowl(each.point),
  }));
  assertEquals(after(square, [...wrong, ...observations], []), expected);
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
  assertGreater(rightShare(sampler, createRandom(2)), 0.75);
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
  assertLess(rightShare(sampler, createRandom(2)), 0.35);
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

import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  owenScramble,
  sobolBits,
  sobolDirections,
} from "../../hyperopt/samplers/_sobol.ts";
import {
  category,
  defineSpace,
  float,
  int,
  type Parameter,
  sobolSampler,
} from "../../hyperopt/mod.ts";
import { createRandom } from "../../hyperopt/random.ts";

const unused = createRandom(0);

function cube(dimensions: number): Record<string, Parameter<number>> {
  return Object.fromEntries(
    Array.from(
      { length: dimensions },
      (_, index) => [`x${index}`, float(0, 1)],
    ),
  );
}

/** The first points of the sampler on the unit cube. */
function points(dimensions: number, count: number, seed: number): number[][] {
  const sampler = sobolSampler(defineSpace(cube(dimensions)), { seed });
  return Array.from(
    { length: count },
    (_, trial) => (sampler.sample(trial, unused) ?? []) as number[],
  );
}

test("sobolBits: the sequence without scrambling is that of Joe and Kuo's numbers", () => {
  // From scipy.stats.qmc.Sobol(256, scramble=False, bits=32), put into natural order.
  const known = [
    [1, 5, 0.125],
    [3, 77, 0.3203125],
    [100, 1234, 0.50439453125],
    [255, 99999, 0.9148178100585938],
    [200, 7, 0.125],
  ] as const;
  const directions = sobolDirections(256);
  for (const [dimension, index, expected] of known) {
    const bits = sobolBits(directions[dimension] ?? new Uint32Array(), index);
    assertEquals(bits / 2 ** 32, expected);
  }
});

test("sobolSampler: each dimension is a (0, m, 1)-net: one point in each interval of 2^-m, whatever the seed", () => {
  for (const seed of [0, 1, 2 ** 40 + 7]) {
    for (const m of [1, 4, 8]) {
      const count = 2 ** m;
      const sampled = points(256, count, seed);
      for (let dimension = 0; dimension < 256; dimension++) {
        const cells = new Set(
          sampled.map((point) => Math.floor((point[dimension] ?? 0) * count)),
        );
        assertEquals(cells.size, count, `dimension ${dimension}, seed ${seed}`);
      }
    }
  }
});

test("sobolSampler: the first two dimensions are a (0, m, 2)-net: one point in each box of area 2^-m", () => {
  const m = 8;
  for (const seed of [0, 1, 99]) {
    const sampled = points(2, 2 ** m, seed);
    for (let wide = 0; wide <= m; wide++) {
      const boxes = new Set(
        sampled.map(([x = 0, y = 0]) =>
          `${Math.floor(x * 2 ** wide)},${Math.floor(y * 2 ** (m - wide))}`
        ),
      );
      assertEquals(boxes.size, 2 ** m, `${wide} bits, seed ${seed}`);
    }
  }
});

test("sobolSampler: each later block of 2^m trials is a net as well", () => {
  const sampled = points(2, 64, 5);
  for (let start = 0; start < 64; start += 16) {
    const boxes = new Set(
      sampled.slice(start, start + 16).map(([x = 0, y = 0]) =>
        `${Math.floor(x * 4)},${Math.floor(y * 4)}`
      ),
    );
    assertEquals(boxes.size, 16);
  }
});

test("owenScramble: intervals are mapped to intervals, one to one", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    (left, right, key) => {
      const common = Math.clz32(left ^ right);
      const scrambled = Math.clz32(
        owenScramble(left, key) ^ owenScramble(right, key),
      );
      assertEquals(scrambled, common);
    },
  ));
});

test("sobolSampler: different seeds give different points, and the same seed gives the same", () => {
  assertEquals(points(3, 8, 4), points(3, 8, 4));
  const first = new Set(
    [0, 1, 2, 2 ** 32, 2 ** 33 + 1].map((seed) => points(1, 1, seed)[0]?.[0]),
  );
  assertEquals(first.size, 5);
});

test("sobolSampler: choices and whole numbers get equal shares of a power of two, also at the ends", () => {
  const space = defineSpace({
    width: int(3, 10),
    activation: category(["relu", "tanh", "gelu", "silu"]),
  });
  const sampler = sobolSampler(space, { seed: 3 });
  const widths = new Map<number, number>();
  const activations = new Map<number, number>();
  for (let trial = 0; trial < 64; trial++) {
    const [width = 0, activation = 0] = sampler.sample(trial, unused) ?? [];
    widths.set(width, (widths.get(width) ?? 0) + 1);
    activations.set(activation, (activations.get(activation) ?? 0) + 1);
  }
  assertEquals(
    [...widths].sort(([a], [b]) => a - b),
    [3, 4, 5, 6, 7, 8, 9, 10].map((width) => [width, 8]),
  );
  assertEquals([...activations.values()], [16, 16, 16, 16]);
});

test("sobolSampler: a late trial costs no more than an early one, and its point is as valid", () => {
  const sampler = sobolSampler(defineSpace(cube(2)));
  const point = sampler.sample(2 ** 32 - 1, unused) ?? [];
  assert(point.every((unit) => unit !== undefined && unit > 0 && unit < 1));
});

test("sobolSampler: more parameters than direction numbers are refused, and the error says what to use", () => {
  assertThrows(
    () => sobolSampler(defineSpace(cube(257))),
    RangeError,
    "Cannot sample 257 parameters with Sobol: there are direction numbers for 256; use randomSampler(space)",
  );
});

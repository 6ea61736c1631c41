import { test } from "node:test";
import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { axisOf } from "../../hyperopt/samplers/_axis.ts";
import { rowOf } from "../../hyperopt/samplers/_history.ts";
import {
  normalShare,
  normalShareTable,
} from "../../hyperopt/samplers/_normal_share.ts";
import { Parzen } from "../../hyperopt/samplers/_parzen.ts";
import {
  category,
  defineSpace,
  float,
  int,
  type Point,
  type Space,
} from "../../hyperopt/mod.ts";
import { createRandom } from "../../hyperopt/random.ts";
import { binned } from "./_sampling.ts";

const SETTINGS = { bandwidth: 0.8, leastBandwidth: 0.01 };

/** Returns the density of points of a space; `always: false` means a conditional parameter. */
function density(
  space: Space<unknown>,
  points: readonly Point[],
  { always = true, bandwidth = SETTINGS.bandwidth } = {},
) {
  const axes = space.dimensions.map(axisOf);
  const toRow = (point: Point) => rowOf(space.dimensions, axes, point);
  const parzen = new Parzen(
    axes.map(({ choices }) => ({ choices, always })),
    points.map(toRow),
    new Float64Array(points.length).fill(1),
    { ...SETTINGS, bandwidth },
  );
  return {
    parzen,
    axes,
    at: (point: Point) => Math.exp(parzen.logDensity(toRow(point))),
  };
}

for (const always of [true, false]) {
  test(`Parzen: a density of floats integrates to 1 (${always ? "unconditional" : "under a choice"})`, () => {
    const space = defineSpace({ x: float(0, 1), y: float(0, 1) });
    for (const bandwidth of [0.1, 0.8, 3]) {
      const { at } = density(space, [[0, 0.5], [0.1, 0.9], [0.7, 1]], {
        always,
        bandwidth,
      });
      const steps = 200;
      let sum = 0;
      for (let i = 0; i < steps; i++) {
        for (let j = 0; j < steps; j++) {
          sum += at([(i + 0.5) / steps, (j + 0.5) / steps]) / steps ** 2;
        }
      }
      assertAlmostEquals(sum, 1, 1e-3);
    }
  });
}

test("Parzen: a density of choices sums to 1", () => {
  const space = defineSpace({
    a: category(["x", "y", "z"]),
    b: category([1, 2]),
  });
  for (const points of [[], [[2, 0]], [[2, 0], [1, 1], [1, 0], [1, 1]]]) {
    const { at } = density(space, points);
    let sum = 0;
    for (let a = 0; a < 3; a++) for (let b = 0; b < 2; b++) sum += at([a, b]);
    assertAlmostEquals(sum, 1, 1e-12);
  }
});

test("Parzen: a density of whole numbers sums to about 1 over their bins, even if they are few", () => {
  for (const log of [false, true]) {
    for (const high of [2, 3, 5, 30]) {
      const space = defineSpace({ n: int(1, high, { log }) });
      const points = Array.from(
        { length: 40 },
        (_, index) => [1 + index % high],
      );
      for (const bandwidth of [0.01, 0.3, 1]) {
        const { at, axes } = density(space, points, { bandwidth });
        let sum = 0;
        for (let n = 1; n <= high; n++) {
          sum += at([n]) * (axes[0]?.width(n) ?? 0);
        }
        assertAlmostEquals(
          sum,
          1,
          0.2,
          `1 to ${high}, ${bandwidth}`,
        );
      }
    }
  }
});

test("Parzen: a row that lacks a dimension is flat in it", () => {
  const space = defineSpace({ x: float(0, 1), c: category(["a", "b"]) });
  const { at } = density(space, [[undefined, undefined]], { always: false });
  for (const point of [[0, 0], [0.5, 1], [1, 1]]) {
    assertAlmostEquals(at(point), 0.5, 1e-12);
  }
});

test("Parzen: without some kernels a density is that of the other rows, where the bandwidth is the same", () => {
  const space = defineSpace({ x: float(0, 1), y: float(0, 1) });
  const axes = space.dimensions.map(axisOf);
  const kinds = axes.map(({ choices }) => ({ choices, always: true }));
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const kernel = fc.record({
    point: fc.tuple(unit, unit),
    weight: fc.double({ min: 0.1, max: 5, noNaN: true }),
    isOut: fc.boolean(),
  });
  const make = (kernels: readonly { point: Point; weight: number }[]) =>
    new Parzen(
      kinds,
      kernels.map(({ point }) => rowOf(space.dimensions, axes, point)),
      Float64Array.from(kernels, ({ weight }) => weight),
      { bandwidth: 0, leastBandwidth: 0.2 },
    );
  fc.assert(fc.property(
    fc.array(kernel, { maxLength: 8 }),
    fc.tuple(unit, unit),
    (kernels, point) => {
      const row = rowOf(space.dimensions, axes, point);
      const out = kernels.flatMap(({ isOut }, at) => isOut ? [at] : []);
      const others = kernels.filter(({ isOut }) => !isOut);
      assertAlmostEquals(
        make(kernels).logDensity(row, out),
        make(others).logDensity(row),
        1e-9,
      );
      const parzen = make(kernels);
      const whole = parzen.logDensity(row);
      parzen.logDensity(row, out);
      // Nothing is left out for good.
      assertEquals(parzen.logDensity(row), whole);
    },
  ));
});

test("Parzen: points are drawn by the density", () => {
  const space = defineSpace({ x: float(0, 1) });
  const { parzen, at } = density(space, [[0.05], [0.1], [0.8]], {
    bandwidth: 0.5,
  });
  const random = createRandom(3);
  const count = 20_000;
  const drawn = Array.from(
    { length: count },
    () => parzen.sample(parzen.kernel(random), 0, random),
  );
  binned(drawn, 20).forEach((found, bin) => {
    let share = 0;
    for (let step = 0; step < 50; step++) {
      share += at([(bin + (step + 0.5) / 50) / 20]) / 1000;
    }
    assertLess(
      Math.abs(found / count - share),
      4.5 * Math.sqrt(share / count),
      `bin ${bin}`,
    );
  });
});

test("normalShare: the share of a normal distribution is right, also from the table", () => {
  // From scipy.stats.norm: cdf((1 - middle) / deviation) - cdf(-middle / deviation).
  const known = [
    [0.5, 1, 0.3829249],
    [0, 0.1, 0.5],
    [1, 0.3, 0.4995709],
    [0.2, 0.25, 0.7874575],
    [0.5, 0.01, 1],
  ] as const;
  for (const [middle, deviation, share] of known) {
    const scale = Math.SQRT1_2 / deviation;
    assertAlmostEquals(normalShare(middle, scale), share, 1e-6);
    assertAlmostEquals(normalShareTable(scale)(middle), share, 1e-3);
  }
  assertAlmostEquals(
    normalShareTable(50)(1 / 3000),
    normalShare(1 / 3000, 50),
    1e-3,
  );
});

import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import { sketchValue } from "@ato/ato/fingerprint";

test("sketchValue: the count, the bounds and the mean of the numbers of a value", () => {
  assertEquals(
    sketchValue([3, [NaN, { a: -4, b: "5" }], new Map([["k", 12]])]),
    {
      count: 4,
      nanCount: 1,
      min: -4,
      max: 12,
      mean: 11 / 3,
      l2: 13,
      samples: [3, NaN, -4, 12],
    },
  );
});

test("sketchValue: a value without numbers has no sketch", () => {
  for (
    const value of [
      undefined,
      null,
      "1",
      1n,
      true,
      [],
      {},
      new Date(),
      new BigInt64Array(2),
    ]
  ) {
    assertEquals(sketchValue(value), undefined);
  }
  assertEquals(sketchValue([NaN]), {
    count: 1,
    nanCount: 1,
    min: null,
    max: null,
    mean: null,
    l2: 0,
    samples: [NaN],
  });
});

test("sketchValue: equal values have equal sketches, also with shared references", () => {
  const shared = [1, 2];
  assertEquals(sketchValue([shared, shared]), sketchValue([[1, 2], [1, 2]]));
  const round: unknown[] = [1];
  round.push(round);
  assertEquals(sketchValue(round)!.count, 1);
});

test("sketchValue: numbers near the ends of the range neither overflow nor underflow", () => {
  const large = sketchValue([3e300, 4e300, 1e308, 1e308])!;
  assertAlmostEquals(large.l2 / 1e308, Math.SQRT2, 1e-6);
  assertAlmostEquals(large.mean! / 5e307, 1, 1e-6);
  const small = sketchValue([3e-300, 4e-300])!;
  assertAlmostEquals(small.l2 / 5e-300, 1, 1e-12);
  assertEquals(sketchValue([Infinity, 1])!.l2, Infinity);
});

test("sketchValue: the elements of a tensor are counted, its strides are not", () => {
  const sketch = sketchValue({
    shape: [2, 2],
    strides: [1, 2],
    data: new Float32Array([1, 3, 2, 4]),
  })!;
  assertEquals(sketch.samples, [1, 2, 3, 4]);
});

test("property: sketchValue: typed arrays, arrays and pieces of them have the same sketch", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double(), { minLength: 1, maxLength: 200 }),
      fc.nat(),
      (numbers, at) => {
        const whole = sketchValue(new Float64Array(numbers))!;
        const cut = at % (numbers.length + 1);
        const pieces = [
          new Float64Array(numbers.slice(0, cut)),
          numbers.slice(cut),
        ];
        const { count, min, max, nanCount, samples } = sketchValue(pieces)!;
        assertEquals(
          samples.length <= 16 && samples.length >= Math.min(9, count),
          true,
        );
        assertEquals({ count, min, max, nanCount, samples }, {
          count: whole.count,
          min: whole.min,
          max: whole.max,
          nanCount: whole.nanCount,
          samples: whole.samples,
        });
        const stride = 2 ** Math.max(0, Math.ceil(Math.log2(count / 16)));
        assertEquals(samples, numbers.filter((_, i) => i % stride === 0));
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

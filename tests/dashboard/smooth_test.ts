import { test } from "node:test";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { smooth } from "../../dashboard/page/parts/smooth.ts";

test("smooth: gives what TensorBoard's page gives", () => {
  // By hand, with weight 0.6: 1; (0.24 + 0.8) / 0.64; (0.624 + 1.2) / 0.784.
  const found = smooth([1, 2, 3], 0.6);
  [1, 1.625, 1.824 / 0.784].forEach((wanted, i) =>
    assertAlmostEquals(found[i] ?? NaN, wanted, 1e-12)
  );
});

test("smooth: a weight of 0 changes nothing, and what is not finite has no part", () => {
  assertEquals(smooth([3, null, -1], 0), [3, null, -1]);
  const [a, none, b] = smooth([1, null, 2], 0.6);
  assertEquals([a, none], [1, null]);
  assertAlmostEquals(b ?? NaN, 1.625, 1e-12);
});

test("smooth: a constant stays, and every value is between the least and the greatest before it", () =>
  fc.assert(fc.property(
    fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
    }),
    fc.double({ min: 0, max: 0.99, noNaN: true }),
    (values, weight) => {
      smooth(values, weight).forEach((value, i) => {
        const before = values.slice(0, i + 1);
        const [low, high] = [Math.min(...before), Math.max(...before)];
        const room = 1e-6 * Math.max(Math.abs(low), Math.abs(high), 1e-30);
        assert(value !== null && value >= low - room && value <= high + room);
      });
      for (const value of smooth(values.map(() => 5), weight)) {
        assertAlmostEquals(value ?? NaN, 5, 1e-9);
      }
    },
  )));

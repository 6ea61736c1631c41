/** Places on axes, also of values at the ends of what numbers can hold. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { shareOf } from "../../dashboard/page/parts/share_of.ts";
import {
  placeOf,
  scaleOf,
  ticksOf,
  valueAt,
} from "../../dashboard/page/parts/scale.ts";

const ENDS: readonly (readonly [number, number])[] = [
  [-1e308, 1e308],
  [-Number.MAX_VALUE, Number.MAX_VALUE],
  [0, Number.MIN_VALUE],
  [Number.MIN_VALUE, Number.MAX_VALUE],
  [1e16, 1e16 + 2],
  [1, 1 + Number.EPSILON],
];

test("scale: a share is from 0 to 1, and grows with the value", () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(fc.property(finite, finite, finite, (...three) => {
    const [low, value, high] = three.toSorted((a, b) => a - b);
    fc.pre(low! < high!);
    const share = shareOf(value!, low!, high!);
    assert(share >= 0 && share <= 1, `${share}`);
    assertEquals(shareOf(low!, low!, high!), 0);
    assertEquals(shareOf(high!, low!, high!), 1);
  }));
  assertEquals(shareOf(0, -1e308, 1e308), 0.5);
});

test("scale: axes from the least to the greatest numbers have places and ends", () => {
  for (const ends of ENDS) {
    for (const isLog of [false, true]) {
      const scale = scaleOf(ends, isLog && ends[0] > 0);
      assertEquals(ends.map((value) => placeOf(scale, value)), [0, 1]);
      assertEquals([0, 1].map((place) => valueAt(scale, place)), [...ends]);
      const middle = valueAt(scale, 0.5);
      assert(middle >= ends[0] && middle <= ends[1], `${middle}`);
    }
  }
});

test("scale: ticks are few, in order and on the axis, whatever its ends are", () => {
  for (const ends of ENDS) {
    for (const isLog of [false, true]) {
      const scale = scaleOf(ends, isLog && ends[0] > 0);
      const ticks = ticksOf(scale, 6);
      assert(ticks.length <= 14, `${ends}: ${ticks}`);
      ticks.forEach((tick, i) => {
        const place = placeOf(scale, tick);
        assert(place > -0.01 && place < 1.01, `${ends}: ${tick}`);
        assert(i === 0 || tick > ticks[i - 1]!, `${ticks}`);
      });
    }
  }
  assertEquals(ticksOf(scaleOf([0, 10]), 5), [0, 2, 4, 6, 8, 10]);
});

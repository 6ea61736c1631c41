/** Pauses between tries. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BackOff } from "../../internal/back_off.ts";

test("BackOff: pauses double up to the longest, with jitter, and begin anew after a success", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 1_000 }),
    fc.integer({ min: 1_000, max: 60_000 }),
    (first, longest) => {
      const backOff = new BackOff(first, longest);
      for (let i = 0; i < 40; i++) {
        const most = Math.min(first * 2 ** i, longest);
        const pause = backOff.next();
        assert(pause >= most / 2 && pause <= most, `${pause} of ${most}`);
      }
      assertEquals(backOff.failures, 40);
      backOff.reset();
      assertEquals(backOff.failures, 0);
      assert(backOff.next() <= first);
    },
  ));
});

test("BackOff: a server that asks for a pause gets it, and no shorter one", () => {
  const backOff = new BackOff(10, 100);
  assertEquals(backOff.next(5_000), 5_000);
  assert(backOff.next(0) <= 20);
});

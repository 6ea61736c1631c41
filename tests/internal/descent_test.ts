/** The bounds of what a config can hold. */
import { test } from "node:test";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Descent } from "../../internal/descent.ts";
import { MAX_DEPTH, maxValues } from "../../internal/limits.ts";

/** Walks over a value and returns the first reason to refuse it. */
function walk(value: unknown, descent: Descent = new Descent()): string {
  if (typeof value !== "object" || value === null) return "";
  const reason = descent.enter(value);
  if (reason !== undefined) return reason;
  for (const child of Object.values(value)) {
    const below = walk(child, descent);
    if (below !== "") return below;
  }
  descent.leave(value);
  return "";
}

function nest(levels: number): object {
  let value: object = {};
  for (let i = 1; i < levels; i++) value = { a: value };
  return value;
}

test("Descent: a value that contains itself", () => {
  const value: Record<string, unknown> = {};
  value.list = [{ value }];
  assertStringIncludes(walk(value), "contains itself");
});

test("Descent: an object in several places is no cycle", () => {
  const shared = { a: 1 };
  assertEquals(walk({ x: shared, y: [shared, shared] }), "");
});

test("Descent: depth, also below other levels", () => {
  assertEquals(walk(nest(MAX_DEPTH)), "");
  assertStringIncludes(walk(nest(MAX_DEPTH + 1)), `${MAX_DEPTH} levels`);
  assertEquals(walk(nest(MAX_DEPTH - 9), new Descent(9)), "");
  assertStringIncludes(
    walk(nest(MAX_DEPTH - 8), new Descent(9)),
    `${MAX_DEPTH} levels`,
  );
});

test("Descent: objects that are repeated until they have too many values", () => {
  let value: unknown[] = [0];
  for (let i = 0; i < 40; i++) value = [value, value];
  assertStringIncludes(walk(value), "repeats the same objects");
});

test("Descent: objects that are repeated too often are refused at the first repetition", () => {
  let value: unknown[] = [0];
  for (let i = 0; i < 40; i++) value = [value, value];
  let entered = 0;
  class Counted extends Descent {
    override enter(container: object): string | undefined {
      entered++;
      return super.enter(container);
    }
  }
  assertStringIncludes(walk(value, new Counted()), "repeats the same objects");
  assertEquals(entered, 42);
});

test("maxValues: a file may repeat many times what it writes, but not without limit", () => {
  assertEquals(maxValues(0) > 0, true);
  assertEquals(maxValues(1_000_000) > 1_000_000, true);
  assertEquals(maxValues(100) < 1_000_000, true);
});

/** What can be awaited. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { isPromise } from "../../internal/promises.ts";

test("isPromise: everything that await waits for, and nothing else", () => {
  const then = () => {};
  const awaited = [
    Promise.resolve(1),
    { then },
    Object.assign(() => {}, { then }),
    Object.create({ then }),
  ];
  const others = [
    undefined,
    null,
    "then",
    {},
    { then: 1 },
    () => {},
    async () => {},
    [then],
  ];
  assertEquals(awaited.map(isPromise), awaited.map(() => true));
  assertEquals(others.map(isPromise), others.map(() => false));
});

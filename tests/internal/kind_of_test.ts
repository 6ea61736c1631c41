/** Words for what a value is. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { kindOf } from "../../internal/kind_of.ts";

test("kindOf: two or three words with the right article", () => {
  const cases: [value: unknown, words: string][] = [
    [undefined, "undefined"],
    [null, "null"],
    [NaN, "NaN"],
    [1, "a number"],
    [1n, "a bigint"],
    ["", "a string"],
    [true, "a boolean"],
    [() => {}, "a function"],
    [Symbol(), "a symbol"],
    [[], "a list"],
    [{}, "an object"],
    [Object.create(null), "an object"],
    [new Date(), "a Date"],
    [new Map(), "a Map"],
    [new Uint8Array(), "a Uint8Array"],
    [new URL("file:///a"), "a URL"],
    [new Error(), "an Error"],
    [new Int8Array(), "an Int8Array"],
  ];
  for (const [value, words] of cases) assertEquals(kindOf(value), words);
});

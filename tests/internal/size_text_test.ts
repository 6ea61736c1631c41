import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { sizeText } from "../../internal/size_text.ts";

test("sizeText: two or three digits, and never a thousand of a unit", () => {
  const cases: readonly [number, string][] = [
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1_000, "1.0 kB"],
    [9_940, "9.9 kB"],
    [9_960, "10 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [1_234_567_890, "1.2 GB"],
    [5e15, "5.0 PB"],
    [5e18, "5000 PB"],
  ];
  for (const [bytes, text] of cases) assertEquals(sizeText(bytes), text);
});

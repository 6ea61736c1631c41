/** Ranges of versions, as npm writes them; held against npm's own `semver` when they were written. */
import test from "node:test";
import { assertEquals } from "@std/assert";
import { parseRange } from "../../fingerprint/deep/lock/_version_range.ts";

/** Ranges that allow the same versions. */
const SAME: readonly (readonly string[])[] = [
  ["^2.0.0", "2", "2.x", "2.*.*", "~2", ">=2.0.0 <3.0.0-0", "2 - 2", "^2"],
  ["~2.1.0", "2.1", "2.1.x", "2.1 - 2.1"],
  ["^0.7.0", "0.7", "~0.7", ">=0.7.0 <0.8.0-0"],
  ["^0.0.3", ">=0.0.3 <0.0.4-0"],
  ["*", "", "x", ">=0.0.0", "*  "],
  ["1.2.3", "=1.2.3", "v1.2.3", ">=1.2.3 <=1.2.3", "1.2.3 || 1.2.3"],
  ["^1 || ^2", "2.x || 1.x"],
];

for (const ranges of SAME) {
  test(`parseRange: the same ranges: ${ranges.join(", ")}`, () => {
    const texts = ranges.map((range) => parseRange(range)?.canonical);
    assertEquals(texts, ranges.map(() => texts[0]));
    assertEquals(texts[0] === undefined, false);
  });
}

test("parseRange: different ranges are different", () => {
  const ranges = SAME.map(([first]) => parseRange(first!)?.canonical);
  assertEquals(new Set(ranges).size, SAME.length);
});

/** A range, versions in it, and versions that are not. */
const MEMBERS: readonly (readonly [string, string[], string[]])[] = [
  ["^2.0.0", ["2.0.0", "2.9.1"], ["1.9.9", "3.0.0", "3.0.0-rc.1", "2.1.0-a"]],
  ["^1.2.3-beta.2", ["1.2.3-beta.10", "1.2.3", "1.9.0"], [
    "1.2.3-alpha",
    "1.2.4-beta.3",
  ]],
  [">1.2 <=2.0.1", ["1.3.0", "2.0.1"], ["1.2.9", "2.0.2"]],
  ["1.0.0 - 2.1", ["1.0.0", "2.1.9"], ["0.9.9", "2.2.0"]],
  ["<1 || >=3.1.0", ["0.9.0", "3.1.0"], ["1.0.0", "3.0.9"]],
];

for (const [range, inside, outside] of MEMBERS) {
  test(`parseRange: ${range} allows ${inside.join(", ")}, not ${outside.join(", ")}`, () => {
    const { has } = parseRange(range)!;
    assertEquals(inside.filter((one) => !has(one)), []);
    assertEquals(outside.filter(has), []);
  });
}

test("parseRange: tags, addresses and paths are not ranges", () => {
  const texts = ["latest", "next", "file:../x", "git+ssh://h/r.git#a", "a/b"];
  assertEquals(texts.filter((text) => parseRange(text) !== undefined), []);
});

test("parseRange: a range of one version has it as `exact`", () => {
  const exact = ["1.2.3", "=1.2.3-rc.1", "^1.2.3", "1.2", "*"]
    .map((range) => parseRange(range)?.exact);
  assertEquals(exact, ["1.2.3", "1.2.3-rc.1", undefined, undefined, undefined]);
});

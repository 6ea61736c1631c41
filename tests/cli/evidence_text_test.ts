/** How groups of runs are named: each by itself. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { evidenceText } from "../../cli/evidence_text.ts";
import { clipped } from "../../internal/factor_value.ts";
import type { EvidenceGroup } from "../../why/mod.ts";

type Value = string | undefined;

function group(id: string, value: Value, ...others: [string, Value][]) {
  const factor = (id: string, value: Value) => ({
    id,
    ...(value !== undefined && { value }),
  });
  return {
    ...factor(id, value),
    ...(others.length > 0 && {
      others: others.map(([id, value]) => factor(id, value)),
    }),
    runs: [1],
    mean: 2,
  };
}

const long = "x".repeat(30);

const ROWS: readonly [
  name: string,
  groups: readonly EvidenceGroup[],
  names: readonly string[],
][] = [
  [
    "the values of the suspect tell them apart",
    [
      group("config:lr", "1", ["config:w", "8"]),
      group("config:lr", "2", ["config:w", "9"]),
    ],
    ["lr=1", "lr=2"],
  ],
  [
    "another factor tells some of them apart",
    [
      group("config:lr", "1", ["config:w", "8"], ["config:x", "1"]),
      group("config:lr", "1", ["config:w", "9"], ["config:x", "1"]),
      group("config:lr", "2", ["config:w", "8"], ["config:x", "2"]),
    ],
    ["lr=1, w=8", "lr=1, w=9", "lr=2"],
  ],
  [
    "a factor that one group does not have",
    [
      group("config:lr", "1", ["code:a.ts#f", "ato-code-v1:abcdef"]),
      group("config:lr", "1", ["code:a.ts#f", undefined]),
    ],
    ["lr=1, a.ts#f@abcdef", "lr=1, without a.ts#f"],
  ],
  [
    "values that start alike",
    [group("config:lr", `${long}1`), group("config:lr", `${long}2`)],
    [`lr=${long}1`, `lr=${long}2`],
  ],
  [
    "hashes that start alike",
    [
      group("code:a.ts#f", "ato-code-v1:abcd1"),
      group("code:a.ts#f", "ato-code-v1:abcd2"),
      group("code:a.ts#f", "ato-code-v1:abcd2", ["config:w", "8"]),
    ],
    ["a.ts#f@abcd1", "a.ts#f@abcd2", "a.ts#f@abcd2, w=8"],
  ],
];

for (const [name, groups, names] of ROWS) {
  test(`evidenceText: ${name}`, () => {
    assertEquals(evidenceText(groups), names.map((name) => `${name} n=1 2`));
  });
}

test("clipped: the code of a secret is short, two secrets differ, and other values stay", () => {
  const code = (start: string) =>
    `ato-secret-v1:0123456789abcdef:${start}${"0".repeat(56)}`;
  assertEquals(clipped(code("d1f5a2c4"), 60), "*** (d1f5a2c4)");
  assertEquals(
    clipped(`["--key","${code("00f5a2c4")}"]`, 60),
    '["--key","*** (00f5a2c4)"]',
  );
  assertEquals(clipped("ato-secret-v1", 60), "ato-secret-v1");
  assertEquals(clipped("abcdef", 4), "abc…");
});

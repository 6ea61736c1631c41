/** Which runs have left their sources where they were pushed from. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { areSourcesElsewhere } from "../../internal/sources_elsewhere.ts";

const here = { pid: 7, script: "train.ts" };

for (
  const [name, environment, expected] of [
    ["a hub took the words of its command away", here, true],
    ["a run of this file", { ...here, argv: ["lr=1"] }, false],
    ["a run of `ato run`", { ...here, command: ["python3", "a.py"] }, false],
    ["a thread that does not know its process", { pid: 7 }, false],
    ["a run that was imported", {}, false],
  ] as const
) {
  test(`areSourcesElsewhere: ${name}`, () => {
    assertEquals(areSourcesElsewhere(environment), expected);
  });
}

import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { addTally, readSummary } from "../../tools/tally.ts";

const CASES = [
  {
    name: "Deno, all passed",
    output:
      "one ... ok\n\nok | 3 passed (1 step) | 0 failed | 1 ignored (7ms)\n",
    tally: { passed: 3, failed: 0, skipped: 1 },
  },
  {
    name: "Deno, failed, in colour",
    output: "\x1b[0m\x1b[31mFAILED\x1b[0m | 13 passed | 2 failed (1s)\n",
    tally: { passed: 13, failed: 2, skipped: 0 },
  },
  {
    name: "Node",
    output:
      "ℹ tests 6\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ todo 0\n",
    tally: { passed: 3, failed: 2, skipped: 1 },
  },
  {
    name: "a runner that broke down",
    output: "error: Module not found",
    tally: undefined,
  },
  {
    name: "a test that prints a summary's words",
    output: "2 passed, or so",
    tally: undefined,
  },
];

for (const { name, output, tally } of CASES) {
  test(`readSummary: ${name}`, () => assertEquals(readSummary(output), tally));
}

test("addTally adds each count", () => {
  const total = { passed: 1, failed: 2, skipped: 3 };
  addTally(total, { passed: 10, failed: 20, skipped: 30 });
  assertEquals(total, { passed: 11, failed: 22, skipped: 33 });
});

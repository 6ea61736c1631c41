import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { addTally, readFailures, readSummary } from "../../tools/tally.ts";

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

const FAILURES = [
  {
    name: "Deno",
    output:
      "a ... ok\n\x1b[41m ERRORS \x1b[0m\n\nb => ./b_test.ts:1:1\nerror: boom\n\n FAILURES \n\nb => ./b_test.ts:1:1\n\nFAILED | 1 passed | 1 failed (1s)\n",
    shown: ["b => ./b_test.ts:1:1", "error: boom"],
  },
  {
    name: "Node",
    output:
      "✔ a (1ms)\n✖ b (1ms)\nℹ tests 2\nℹ pass 1\nℹ fail 1\n\n✖ failing tests:\n\ntest at tests/b_test.ts:1:1\n✖ b (1ms)\n  boom\n",
    shown: ["test at tests/b_test.ts:1:1", "boom"],
  },
];

for (const { name, output, shown } of FAILURES) {
  test(`readFailures: ${name}`, () => {
    const text = readFailures(output);
    for (const part of shown) assert(text.includes(part), part);
    assert(!text.includes("a (1ms)") && !text.includes("a ... ok"));
  });
}

test("readFailures: empty when all passed", () => {
  assertEquals(readFailures("a ... ok\n\nok | 1 passed | 0 failed (1s)\n"), "");
});

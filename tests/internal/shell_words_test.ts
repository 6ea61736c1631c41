/** Commands as they can be typed. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { commandText } from "../../internal/shell_words.ts";

test("commandText: words are quoted if a shell would change them", () => {
  const cases: [words: string[], line: string][] = [
    [
      ["deno", "run", "-A", "train.ts", "lr=0.1"],
      "deno run -A train.ts lr=0.1",
    ],
    [["x=[1, 2]"], "'x=[1, 2]'"],
    [["it's"], "'it'\\''s'"],
    [[""], "''"],
    [["$HOME", "*"], "'$HOME' '*'"],
    [["a\nb"], "$'a\\nb'"],
    [["\x1b'"], "$'\\u001b\\''"],
    [[], ""],
  ];
  for (const [words, line] of cases) assertEquals(commandText(words), line);
});

const BASH = spawnSync("bash", ["-c", "true"]).status === 0;

test("property: commandText: bash reads back the same words", {
  skip: BASH ? false : "bash is missing",
}, () => {
  const word = fc.string({
    unit: fc.constantFrom(..."a'\"\\$ \n\t\x01*=é\u202e"),
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
      const line = commandText(words);
      assert(!/[\p{Cc}\u202e]/u.test(line));
      const { stdout } = spawnSync(
        "bash",
        ["-c", `printf '%s\\0' ${line}`],
        { encoding: "utf8", env: { LC_ALL: "C.UTF-8" } },
      );
      assertEquals(stdout.split("\0").slice(0, -1), words);
    }),
    { seed: 1, numRuns: 20 },
  );
});

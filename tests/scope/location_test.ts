import { test } from "node:test";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { assert, assertEquals, assertExists } from "@std/assert";
import type { HistoryEntry } from "@ato/ato/scope";
import { fixture, runScript } from "./run_script.ts";

/** Where the marks stand: `lr#0` for the first entry of `lr`, `lr` for the last. */
function marks(): Map<string, number> {
  const lines = readFileSync(fixture("locations.ts"), "utf8").split("\n");
  const found = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const behind = /\/\* (.*) \*\//.exec(line)?.[1];
    const next = /\/\/ next: (.*)/.exec(line)?.[1];
    for (const key of behind?.split(" ") ?? []) found.set(key, index + 1);
    for (const key of next?.split(" ") ?? []) found.set(key, index + 2);
  }
  return found;
}

function check(output: string): void {
  const line = output.split("\n").find((line) => line.startsWith('{"initial"'));
  assertExists(line, output);
  const history = Object.values(
    JSON.parse(line) as Record<string, HistoryEntry[]>,
  ).flat();
  const expected = marks();
  assert(expected.size >= 19, "the fixture has its marks");
  for (const [mark, line] of expected) {
    const [path, index] = mark.split("#");
    const entries = history.filter((entry) =>
      entry.path === path && entry.kind !== "command-line"
    );
    const entry = index === undefined ? entries.at(-1) : entries[Number(index)];
    assertExists(entry, `${mark} has a history`);
    const { file, line: found } = entry.at!;
    assertEquals([basename(file), found], ["locations.ts", line], mark);
    assert(file.startsWith("/") || /^[A-Z]:\\/.test(file), `${file} is a path`);
  }
  const far = history.find((entry) => entry.path === "far")!;
  assertEquals([basename(far.at!.file), far.at!.line], [
    "locations_helper.ts",
    7,
  ]);
  const word = history.find((entry) => entry.kind === "command-line")!;
  assertEquals([word.path, word.by, word.at], ["first", "first=2", undefined]);
}

test("file and line are those of the source, in a script", () => {
  const { stdout, stderr, status } = runScript("locations_main.ts", []);
  assertEquals(status, 0, stderr);
  check(stdout);
});

test("file and line are those of the source, in a test run", () => {
  const { stdout, stderr, status } = runScript(
    "locations_under_runner.ts",
    [],
    "test",
  );
  assertEquals(status, 0, stdout + stderr);
  check(stdout.replaceAll(/^(# |ℹ )/gm, ""));
});

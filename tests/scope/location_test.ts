import { test } from "node:test";
import {
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { assert, assertEquals, assertExists } from "@std/assert";
import type { HistoryEntry } from "@ato/ato/scope";
import { fixture, runScript } from "./run_script.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** The lines of the marks: `lr#0` for the first entry of `lr`, `lr` for the last. */
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

test("explain: file and line are those of the source, in a script", () => {
  const { stdout, stderr, status } = runScript("locations_main.ts", []);
  assertEquals(status, 0, stderr);
  check(stdout);
});

test("explain: file and line are those of the source, in a test run", () => {
  const { stdout, stderr, status } = runScript(
    "locations_under_runner.ts",
    [],
    "test",
  );
  assertEquals(status, 0, stdout + stderr);
  check(stdout.replaceAll(/^(# |ℹ )/gm, ""));
});

const PACKAGE = `\
export function setAll(config) {
  config.set("all", 1);
}
export function packageView(config) {
  config.set("own", 1); // line 5
}
`;

const SCRIPT = `\
import { Scope } from ${
  JSON.stringify(new URL("../../scope/mod.ts", import.meta.url).href)
};
import { packageView, setAll } from "./node_modules/views/mod.mjs";

const scope: Scope = new Scope();
scope.observe({ default: true })(packageView);
scope.observe({ default: true })(function mine(config) {
  setAll(config); // line 7
});
scope.apply([]);
console.log(JSON.stringify(["all", "own"].map((key) => scope.explain(key)[0]?.at)));
`;

test("explain: folders with unusual names, and the line of the script rather than of a package", () => {
  const root = realpathSync(makeTempFolder("location"));
  try {
    const folder = join(root, "a (1) 100% é");
    mkdirSync(join(folder, "node_modules", "views"), { recursive: true });
    writeFileSync(join(folder, "node_modules", "views", "mod.mjs"), PACKAGE);
    writeFileSync(join(folder, "script.ts"), SCRIPT);
    const { stdout, stderr, status } = runScript(join(folder, "script.ts"), []);
    assertEquals(status, 0, stderr);
    const [all, own] = JSON.parse(stdout);
    assertEquals([all.file, all.line], [join(folder, "script.ts"), 7]);
    assertEquals([own.file, own.line], [
      join(folder, "node_modules", "views", "mod.mjs"),
      5,
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});

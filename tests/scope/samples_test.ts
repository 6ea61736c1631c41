/** The manual that README and docs show is what their own script prints. */
import { test } from "node:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { runScript } from "./run_script.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** The blocks of a page between fences, in order. */
function blocksOf(page: string): string[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/^```[^\n]*\n(.*?)^```$/gms)].map(([, block]) =>
    block!.trimEnd()
  );
}

/** The block of a page that contains a string. */
function blockWith(page: string, text: string): string {
  return blocksOf(page).find((block) => block.includes(text))!;
}

/** Runs a script in a new folder and returns what it printed, with paths relative to the folder. */
function print(script: string, args: string[]): string {
  const folder = makeTempFolder("sample");
  try {
    const file = join(folder, "train.ts");
    writeFileSync(file, script);
    const { status, stdout, stderr } = runScript(file, args);
    assertEquals([status, stderr], [0, ""]);
    return stdout.replaceAll(`${folder}/`, "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("manualText: the README shows the end of its quick start's manual", () => {
  const sample = blockWith("README.md", "(Who Set What)");
  const script = blockWith("README.md", "// train.ts");
  const printed = print(script, ["manual", "fast"]);
  assertEquals(
    printed.slice(printed.indexOf("(Who Set What)")).trimEnd(),
    `${sample}\n${"-".repeat(50)}`,
  );
});

test("manualText: the page on scopes shows the manual of its example", () => {
  const sample = blockWith("docs/scope.md", "(Who Set What)");
  const script = blockWith("docs/scope.md", 'scope.apply(["highLr"');
  const asked = script.replace('"lr=0.5"]', '"lr=0.5", "manual"]');
  assertStringIncludes(asked, '"manual"');
  assertEquals(print(asked, []).trimEnd(), sample);
});

/** Every command in the documentation exists and takes the options that are shown. */
import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readArguments } from "../../cli/arguments.ts";
import { checkGiven } from "../../cli/check_given.ts";
import { COMMANDS } from "../../cli/commands.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGES = [
  "README.md",
  ...readdirSync(new URL("docs/", ROOT)).filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

function read(page: string): string {
  return readFileSync(new URL(page, ROOT), "utf8");
}

/** Lists the words of every `ato COMMAND …` line in the shell blocks of a page, without comments and pipes. */
function commandsIn(page: string): string[][] {
  const blocks = read(page).matchAll(/^ *```sh\n([^]*?)^ *```$/gm);
  return [...blocks].flatMap(([, text]) => text!.split("\n")).flatMap(
    (line) => {
      const [, words] =
        /^\s*(?:deno task |source <\()?ato (\S[^|>]*?)\)?\s*(?:[|>#].*)?$/.exec(
          line.replace(/\s#.*$/, ""),
        ) ?? [];
      if (words === undefined) return [];
      return [
        [...words.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
          .map(([, single, double, bare]) => single ?? double ?? bare ?? ""),
      ];
    },
  );
}

for (const page of PAGES) {
  for (const [name = "", ...words] of commandsIn(page)) {
    if (name.startsWith("-")) continue;
    test(`${page}: ato ${[name, ...words].join(" ")}`, async () => {
      assert(Object.hasOwn(COMMANDS, name), `there is no command ${name}`);
      const command = await COMMANDS[name]!();
      const given = readArguments(command, words);
      checkGiven(command, given.words, given.options);
    });
  }
}

test("docs: the examples of the manual are found and read", () => {
  const all = PAGES.flatMap(commandsIn);
  assert(all.length > 50, `only ${all.length} commands were found`);
  const named = new Set(commandsIn("docs/cli.md").map(([name]) => name));
  assertEquals(Object.keys(COMMANDS).filter((name) => !named.has(name)), []);
});

test("docs/why.md: shows what ato why prints", () => {
  // `tests/package/packed_test.ts` runs the program of the README and compares what is printed.
  const sample = /```text\nato why [^]*?```/.exec(read("README.md"))?.[0];
  assert(sample !== undefined, "the README has a sample");
  assertStringIncludes(read("docs/why.md"), sample);
});

test("docs/why.md: names every outcome, dimension and word of the view", () => {
  const text = read("docs/why.md");
  const words = [
    ..."identical within-noise explained unexplained stopped-early".split(" "),
    ...["unknown", "VERDICT", "recorded", "EVIDENCE", "UNKNOWN", "NEXT"],
    ...["never read", "label", "no suspect", "all", "in part", "none"],
    ...["> moved it", "> one of", "acquitted", "open"],
    ..."code config inputs env output metrics".split(" "),
  ];
  const isExplained = (word: string) =>
    text.includes(`| \`${word}\``) || text.includes(`- **${word}**`);
  assertEquals(words.filter((word) => !isExplained(word)), []);
});

import { test } from "node:test";
import { readFileSync } from "node:fs";
import { assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../cli/commands.ts";

const page = readFileSync(
  new URL("../../docs/cli.md", import.meta.url),
  "utf8",
);

/** Joins lines: formatting breaks them, but keeps the words. */
const words = (text: string) => text.replace(/\s+/g, " ");

for (const [name, load] of Object.entries(COMMANDS)) {
  test(`docs/cli.md: the section of ${name} is what its help says`, async () => {
    const { summary, usage, optionHelp, examples } = await load();
    for (
      const text of [
        `## ${name}`,
        summary,
        usage,
        ...Object.values(optionHelp ?? {}),
      ]
    ) {
      assertStringIncludes(words(page), words(text), "run `deno task manual`");
    }
    for (const [command] of examples) assertStringIncludes(page, command);
  });
}

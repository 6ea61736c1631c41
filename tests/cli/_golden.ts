/** Stored texts of commands. `ATO_GOLDEN=write` writes them again; read the difference before committing it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";

/** The folder of the stored texts. */
export const GOLDEN: string = fileURLToPath(new URL("golden", import.meta.url));

/** The terminals that a text is written for. */
const VIEWS = {
  piped: {},
  wide: { width: 120, color: true, interactive: true },
  narrow: { width: 60, color: false, interactive: true },
} as const;

/** The name of a stored text, the command, and the terminal; a pipe unless it is named. */
export type GoldenCase = readonly [
  name: string,
  words: string,
  view?: keyof typeof VIEWS,
];

/**
 * Runs a command and compares what it says with the stored text.
 *
 * @param golden The text and the command.
 * @param more Further words, such as the database.
 * @param isFree Tells whether a line may be wider than a narrow terminal, which breaks it. @default {none may}
 */
export async function assertGolden(
  [name, words, view = "piped"]: GoldenCase,
  more: readonly string[],
  isFree: (line: string) => boolean = () => false,
): Promise<void> {
  let text = "";
  const write = (part: string) => void (text += part);
  const terminal = new Terminal({ write, warn: write, ...VIEWS[view] });
  const code = await main([...words.split(" "), ...more], terminal);
  text += `exit code ${code}\n`;
  const path = join(GOLDEN, `${name}.txt`);
  if (process.env.ATO_GOLDEN === "write") writeFileSync(path, text);
  assert(existsSync(path), `${path} is missing`);
  assertEquals(text, readFileSync(path, "utf8"));
  if (view !== "narrow") return;
  for (const line of text.split("\n")) {
    const { length } = [...line];
    assert(
      length <= VIEWS.narrow.width || isFree(line),
      `${length} columns: ${line}`,
    );
  }
}

/**
 * A terminal for the program of `ato run`, so that it shows bars and colours as it does without Ato. Neither Node
 * nor Deno can make one; `script` of util-linux, which nearly every Linux has, does.
 */
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";

/** Whether a program gets a terminal; if it has none although this process has one, why. */
export interface ChildTerminal {
  readonly isGiven: boolean;
  readonly reason?: string;
}

/** Decides whether the program gets a terminal: if both of its streams would go to one. */
export function childTerminal(): ChildTerminal {
  const { stdin, stdout, stderr, platform } = process;
  if (stdout.isTTY !== true || stderr.isTTY !== true) return { isGiven: false };
  if (stdin.isTTY !== true) {
    return { isGiven: false, reason: "its standard input is not a terminal" };
  }
  if (platform !== "linux") {
    return { isGiven: false, reason: `Ato cannot make one on ${platform} yet` };
  }
  return hasProgram("script")
    ? { isGiven: true }
    : { isGiven: false, reason: "the program script of util-linux is missing" };
}

function hasProgram(name: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, name)));
}

/**
 * Makes the command that runs another one in a terminal of its own.
 *
 * @param command The program and its words.
 * @param variables Its environment: `script` needs another shell than the user's.
 */
export function terminalCommand(
  command: readonly string[],
  { SHELL }: Readonly<Record<string, string | undefined>>,
): string[] {
  const shell = SHELL === undefined
    ? "unset SHELL;"
    : `SHELL=${quoted(SHELL)}; export SHELL;`;
  const line = `${shell} exec ${command.map(quoted).join(" ")}`;
  return [
    "script",
    "--quiet",
    "--return",
    "--flush",
    "--command",
    line,
    "/dev/null",
  ];
}

/** Every shell reads it as one word, whatever it holds. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The signal that a shell's exit code stands for. */
export function signalOf(code: number | null): NodeJS.Signals | undefined {
  const number = (code ?? 0) - 128;
  const found = Object.entries(constants.signals)
    .find(([, one]) => one === number);
  return found?.[0] as NodeJS.Signals | undefined;
}

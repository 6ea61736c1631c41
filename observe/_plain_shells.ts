/** Shells that only start one program: they read nothing themselves. */
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { attempt } from "../internal/attempt.ts";
import { isRecord } from "../internal/objects.ts";

const SHELL = /^(?:sh|bash|dash|zsh|ksh|ash)$/;
/** Characters with which a shell does more than to start one program: pipes, redirections, patterns, variables. */
const MORE = /[;|&<>$`(){}*?~\n\\#!]/;

/**
 * Tells whether a command only starts one program, by a shell or `deno task`.
 *
 * @param command The program and its words.
 * @param cwd Its folder.
 */
export function isPlainCommand(
  command: readonly string[],
  cwd: string,
): boolean {
  const text = textForShell(command);
  return text === undefined ? isPlainTask(command, cwd) : isOneCommand(text);
}

/** Tells whether a word names a shell. */
export function isShell(word: string): boolean {
  return SHELL.test(basename(word));
}

/**
 * Returns the text that a shell is given to execute.
 *
 * @param command The program and its words.
 * @returns `undefined` if it is no shell with `-c`.
 */
export function textForShell(command: readonly string[]): string | undefined {
  const [program = "", ...words] = command;
  if (!isShell(program)) return undefined;
  const at = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  return at < 0 ? undefined : words[at + 1];
}

/** Whether a text for a shell is one command. */
export function isOneCommand(text: string): boolean {
  return text.trim() !== "" && !MORE.test(text);
}

/**
 * Tells whether a command is `deno task` with a task that is one command: it only starts that.
 *
 * @param command The program and its words.
 * @param cwd Its folder.
 */
export function isPlainTask(command: readonly string[], cwd: string): boolean {
  const [program = "", verb, name] = command;
  if (!/^deno(?:\.exe)?$/.test(basename(program)) || verb !== "task") {
    return false;
  }
  const task = name === undefined ? undefined : taskOf(name, cwd);
  return task !== undefined && isOneCommand(task);
}

/** Finds the text of a task in the nearest `deno.json` or `package.json` that has it. */
function taskOf(name: string, from: string): string | undefined {
  for (let folder = from;; folder = dirname(folder)) {
    for (
      const [file, key] of [["deno.json", "tasks"], ["package.json", "scripts"]]
    ) {
      const read: unknown = attempt(() =>
        JSON.parse(readFileSync(join(folder, file!), "utf8"))
      );
      const tasks = isRecord(read) ? read[key!] : undefined;
      const task = isRecord(tasks) ? tasks[name] : undefined;
      if (typeof task === "string") return task;
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * The words that this process was started with, also if this is one of its threads.
 *
 * @module
 */
import { readFileSync, type Stats, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import process from "node:process";
import { attempt } from "./attempt.ts";
import { builtin } from "./builtin.ts";
import { isDeno } from "./runtime.ts";

/** The words of a process. */
export interface ProcessWords {
  /** The runtime, the script and the words after it, as `process.argv` has them in the main thread. */
  readonly argv: readonly string[];
  /** The options of the runtime, as `process.execArgv` has them there. */
  readonly execArgv: readonly string[];
}

/** Those of the process, in a thread that Ato has started. */
let told: ProcessWords | undefined;

/** Tells the words of the process of this thread. */
export function tellProcessWords(words: ProcessWords): void {
  told = words;
}

/** Whether this is a thread or a worker, not the main thread of its process. */
export function isThread(): boolean {
  // Deno's threads have no main module; asking for `node:worker_threads` would take it 7 ms.
  return isDeno()
    ? (globalThis as { Deno?: { mainModule?: string } }).Deno?.mainModule ===
      undefined
    : !builtin("node:worker_threads").isMainThread;
}

/**
 * Returns the words that this process was started with.
 *
 * @returns the words; `undefined` in a thread that does not know those of its process.
 */
export function processWords(): ProcessWords | undefined {
  if (told !== undefined) return told;
  if (!isThread()) return { argv: process.argv, execArgv: process.execArgv };
  const words = systemWords();
  return words && splitAtScript(words);
}

/** Reads the command line of this process from the system. Deno allows that only to a process with all permissions. */
export function systemWords(): string[] | undefined {
  const path = "/proc/self/cmdline";
  const text = attempt(() => readFileSync(path, "utf8"), {
    name: "read",
    path,
  });
  const words = text?.replace(/\0$/, "").split("\0");
  return words?.[0] ? words : undefined;
}

/** Options of Node and Deno whose value is a file that is not the program. */
const TAKES_FILE =
  /^(?:-r|--require|--import|--loader|--experimental-loader|--preload|-c|--config|--import-map|--env-file|--env-file-if-exists|--test-reporter|--test-global-setup)$/;
const SCRIPT = /^\.[cm]?[jt]sx?$/;

/**
 * Finds the script of a command: its first word that is a file with the name of a script, and not what an option of
 * the runtime loads.
 *
 * @param words The program and its words.
 * @param isName Whether an extension is one of a script.
 * @returns the place of the word; -1 if there is none.
 */
export function scriptAt(
  words: readonly string[],
  isName: (extension: string) => boolean = (extension) =>
    SCRIPT.test(extension),
): number {
  return words.findIndex((word, at) =>
    !TAKES_FILE.test(words[at - 1] ?? "") && isName(extname(word)) &&
    isFile(resolve(word))
  );
}

function splitAtScript(words: readonly string[]): ProcessWords | undefined {
  const at = isOwnRuntime() ? -1 : startedAt(words);
  return at < 1 ? undefined : {
    argv: [process.execPath, resolve(words[at] ?? ""), ...words.slice(at + 1)],
    execArgv: words.slice(1, at),
  };
}

/** Whether this program contains its runtime and its script: then its words are all its own. */
export function isOwnRuntime(): boolean {
  return isDeno()
    ? !/(^|[\\/])deno(\.exe)?$/i.test(process.execPath)
    : isSingleExecutable();
}

function isSingleExecutable(): boolean {
  return process.getBuiltinModule?.("node:sea")?.isSea() === true;
}

/** Options of Node with which the first word is no script; `-` is what is typed. */
export const INLINE: RegExp = /^(?:-|-e|-p|-pe|--eval|--print)(?:=|$)/;
/** What a runtime loads from elsewhere: `npm:vite`, `https://example.com/main.ts`. */
const ADDRESS = /^[a-z][\w+.-]+:/i;
/** Subcommands of Deno that start a script; others, as `test`, start several or none. */
const STARTS = /^(?:run|serve)$/;

/**
 * Finds the word that the runtime takes for its script. A word after the script can be a script, too, so what is not
 * certain is not guessed.
 */
function startedAt(words: readonly string[]): number {
  const first = isDeno() && STARTS.test(words[1] ?? "") ? 2 : 1;
  for (let at = first; at < words.length; at++) {
    const [before = "", word = ""] = words.slice(at - 1, at + 1);
    if (TAKES_FILE.test(before)) continue;
    if (INLINE.test(word) || ADDRESS.test(word)) return -1;
    if (word.startsWith("-")) continue;
    if (SCRIPT.test(extname(word)) && isFile(resolve(word))) return at;
    const isValue = at > first && before.startsWith("-");
    if (!isValue) return isStarted(word) ? at : -1;
    if (isStarted(word) || isFolder(resolve(word))) return -1;
  }
  return -1;
}

/** The file extensions that Node's CommonJS loader adds. */
export const ENDINGS: readonly string[] = [
  "",
  ".js",
  ".cjs",
  ".mjs",
  ".ts",
  "/index.js",
];

/** Whether Node starts a word that is not the name of a script. */
function isStarted(word: string): boolean {
  return !isDeno() && ENDINGS.some((ending) => isFile(resolve(word) + ending));
}

/** Whether a path is a file; false if it may not be read. */
export function isFile(path: string): boolean {
  return statOf(path)?.isFile() === true;
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

function statOf(path: string): Stats | undefined {
  return attempt(() => statSync(path, { throwIfNoEntry: false }), {
    name: "read",
    path,
  });
}

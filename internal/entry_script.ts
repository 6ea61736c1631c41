/**
 * The script that this thread's program begins with.
 *
 * @module
 */
import { realpathSync } from "node:fs";
import { isAbsolute } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { attempt } from "./attempt.ts";
import {
  ENDINGS,
  INLINE,
  isFile,
  isThread,
  processWords,
} from "./process_words.ts";
import { isDeno, isGranted } from "./runtime.ts";

/** A script, or why it is not known and what to do. */
export type EntryScript = { readonly path: string } | {
  readonly reason: string;
};

/** The program of a thread that Ato has started: the thread itself begins in a module of Ato. */
export interface ThreadProgram {
  /** The script of the process that started the thread. */
  readonly entry: EntryScript;
  /** The URL of the module that the thread works for. */
  readonly module: string;
}

let told: ThreadProgram | undefined;

/** Tells the program of this thread. */
export function tellThreadProgram(program: ThreadProgram): void {
  told = program;
}

/** Returns the modules that this thread has loaded by an address which the source of its program may not have. */
export function loadedModules(): readonly string[] {
  if (told !== undefined) return [told.module];
  const own = isThread() ? ownScript() : undefined;
  return own !== undefined && "path" in own
    ? [pathToFileURL(own.path).href]
    : [];
}

/** Returns what the source of the program does not have of it, in a phrase; `undefined` if nothing is missing. */
export function unknownStart(): string | undefined {
  if (told !== undefined || !isThread()) return undefined;
  if (scriptOfProcess() === undefined) {
    return "the script that started this thread is not recorded";
  }
  return "path" in ownScript()
    ? undefined
    : "the code of this thread is not in a file";
}

/**
 * Finds the entry script of this thread.
 *
 * @returns the path; or why it is not known, and what to do.
 */
export function entryScript(): EntryScript {
  // What a thread does is decided by the script that starts it, too.
  if (told === undefined) return scriptOfProcess() ?? ownScript();
  if ("path" in told.entry) return told.entry;
  const path = attempt(() => fileURLToPath(told?.module ?? ""));
  return path === undefined ? told.entry : readable(path);
}

/** In a thread, the script of its process, if it is known. */
function scriptOfProcess(): EntryScript | undefined {
  const path = isThread() ? processWords()?.argv[1] : undefined;
  const script = path === undefined ? undefined : readable(path);
  return script !== undefined && "path" in script ? script : undefined;
}

/** What Deno puts in the place of a script that is no file: `$deno$eval.mts`, `$deno$repl.mts`. */
const PLACEHOLDER = /[\\/]\$deno\$(\w+)\.m?[jt]s$/;
function ownScript(): EntryScript {
  const word = process.argv[1];
  const inline = process.execArgv.some((option) => INLINE.test(option));
  if (word === undefined || word === "-" || (inline && !isDeno())) {
    return { reason: "the program is not a file (a prompt, or typed code)" };
  }
  const placeholder = PLACEHOLDER.exec(word)?.[1];
  const path = placeholder === undefined ? word : workerScript();
  return path === undefined
    ? { reason: `the program is not a file (Deno's ${placeholder})` }
    : readable(path);
}

function readable(path: string): EntryScript {
  if (!isAbsolute(path)) return { reason: `the program ${path} is not a file` };
  if (!isGranted({ name: "read", path })) {
    return { reason: `reading the program is not permitted; add --allow-read` };
  }
  const found = ENDINGS.map((ending) => path + ending)
    .find(isFile);
  return found === undefined
    ? { reason: `the program ${path} is not a file` }
    : { path: isDeno() ? found : attempt(() => realpathSync(found)) ?? found };
}

/** The module of a worker of the web's kind, in which `process.argv` does not name it. */
function workerScript(): string | undefined {
  const { location } = globalThis as { location?: { href?: string } };
  const isWorker = "WorkerGlobalScope" in globalThis;
  return isWorker
    ? attempt(() => fileURLToPath(location?.href ?? ""))
    : undefined;
}

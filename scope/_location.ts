import { toFilePath } from "./_file_path.ts";
import type { Origin } from "../internal/origin.ts";

/** Frames enough to get from a write inside Ato to the line of the script behind it. */
const FRAMES = 16;

/** The folders whose frames are Ato's own and never the answer to "who wrote this". */
const OWN_FOLDERS: readonly string[] = ownFolders(import.meta.url);

/** Gives the folders of Ato's sources; none where a bundler has put everything into one file. */
function ownFolders(url: string | undefined): string[] {
  const match = /^(.*\/)scope\/_location\.[cm]?[jt]s$/.exec(url ?? "");
  if (match === null) return [];
  return [
    "internal",
    "readers",
    "adict",
    "fingerprint",
    "scope",
    "tracker",
    "hyperopt",
  ]
    .map((folder) => toFilePath(`${match[1]}${folder}/`));
}

/**
 * A place in the source text that is looked up when somebody asks.
 *
 * Taking the stack costs about 2 µs; turning it into text, and its lines into those of the
 * TypeScript source, costs several times that and is left for later.
 */
export class CallSite {
  #holder: { stack?: unknown } | undefined = {};
  #location: Origin | undefined;

  /**
   * Takes the stack as it is now.
   *
   * @param above A function on the stack: it and what it calls are left out.
   */
  constructor(above: (...args: never[]) => unknown = CallSite as never) {
    if (Error.captureStackTrace === undefined) return;
    const limit = Error.stackTraceLimit;
    // `Reflect.set`, because the property may be frozen, and then its own limit has to do.
    Reflect.set(Error, "stackTraceLimit", FRAMES);
    Error.captureStackTrace(this.#holder!, above);
    Reflect.set(Error, "stackTraceLimit", limit);
  }

  /** Where the script called into Ato; `undefined` where the stack does not tell. */
  get location(): Origin | undefined {
    if (this.#holder !== undefined) {
      this.#location = locate(this.#holder.stack);
      // The stack keeps the functions on it alive.
      this.#holder = undefined;
    }
    return this.#location;
  }
}

/** Finds the innermost frame of a stack trace that belongs to the script. */
export function locate(stack: unknown): Origin | undefined {
  // A tool may have replaced `Error.prepareStackTrace`, and then the stack is not text.
  if (typeof stack !== "string" || OWN_FOLDERS.length === 0) return undefined;
  let found: Origin | undefined;
  for (const line of stack.split("\n")) {
    const frame = readFrame(line);
    if (frame === undefined) continue;
    if (OWN_FOLDERS.some((folder) => frame.file.startsWith(folder))) {
      // Below the script's frames lies Ato again, and below that whoever started it.
      if (found !== undefined) return found;
    } else if (!/[\\/]node_modules[\\/]/.test(frame.file)) return frame;
    else found ??= frame;
  }
  return found;
}

/** Reads a line such as `at view (file:///work/train.ts:12:3)`. */
function readFrame(line: string): Origin | undefined {
  const match = /^\s*at (?:async )?(?:.*? \()?(.+?):(\d+):(\d+)\)?$/.exec(line);
  if (match === null) return undefined;
  const [, file, row, column] = match;
  // Frames of the runtime itself, and of evaluated code, have no file to show.
  if (/^(?:node:|ext:|eval at |<|native)/.test(file!)) return undefined;
  return { file: toFilePath(file!), line: Number(row), column: Number(column) };
}

/**
 * Writes a location for people.
 *
 * @param location The place.
 * @param base The folder that paths are shown relative to.
 * @returns e.g. `train.ts:12`.
 */
export function formatLocation(location: Origin, base: string): string {
  if (location.word !== undefined) return location.word;
  const prefix = base.endsWith("/") || base.endsWith("\\") ? base : base + "/";
  const file = location.file.startsWith(prefix)
    ? location.file.slice(prefix.length)
    : location.file;
  return `${file}:${location.line}`;
}

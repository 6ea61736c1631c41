import { toFilePath } from "./_file_path.ts";
import type { Origin } from "../internal/origin.ts";

/** Enough frames to get from a write inside Ato to the line of the script that caused it. */
const FRAMES = 16;

/** The folders of this package: their frames are never the location of an assignment. */
const OWN_FOLDERS: readonly string[] = ownFolders(import.meta.url);

/** Returns the folders of this package; none if a bundler has put everything into one file. */
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
 * A location in the source that is looked up when it is first read.
 *
 * Capturing the stack takes about 2 µs. Formatting it, and mapping its lines to those of the
 * TypeScript source, takes several times as long.
 */
export class CallSite {
  #holder: { stack?: unknown } | undefined = {};
  #location: Origin | undefined;

  /**
   * Captures the current stack.
   *
   * @param above A function on the stack: it and the functions that it called are left out.
   */
  constructor(above: (...args: never[]) => unknown = CallSite as never) {
    if (Error.captureStackTrace === undefined) return;
    const limit = Error.stackTraceLimit;
    // `Reflect.set`, because the property may be frozen; then its own limit has to be enough.
    Reflect.set(Error, "stackTraceLimit", FRAMES);
    Error.captureStackTrace(this.#holder!, above);
    Reflect.set(Error, "stackTraceLimit", limit);
  }

  /** The line of the script that called Ato; `undefined` if the stack does not show it. */
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
  // If a tool has replaced `Error.prepareStackTrace`, the stack is not a string.
  if (typeof stack !== "string" || OWN_FOLDERS.length === 0) return undefined;
  let found: Origin | undefined;
  for (const line of stack.split("\n")) {
    const frame = readFrame(line);
    if (frame === undefined) continue;
    if (OWN_FOLDERS.some((folder) => frame.file.startsWith(folder))) {
      // Below the frames of the script are those of Ato again, and below these the caller of the script.
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
 * Formats a location for display.
 *
 * @param location The location.
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

/** Inputs that a program names itself, with `scope.input` or `logInput`. */
import { builtin } from "./builtin.ts";
import { UserError } from "./errors.ts";
import { mayHaveChangedSince, stateOf, waitTick } from "./file_state.ts";
import { folderNow } from "./folder_now.ts";
import { filesOfGlob, isGlob } from "./glob.ts";
import { hashAtOnce } from "./hash_at_once.ts";
import { kindOf } from "./kind_of.ts";
import { lookAt } from "./look_at.ts";
import type { InputContent, SeenRead } from "./run_inputs.ts";
import { getProcess } from "./runtime.ts";
import { visible } from "./visible_text.ts";

/**
 * An input that does not exist.
 *
 * @example
 * ```ts
 * import { MissingInputError, SQLLogger } from "@ato/ato/tracker";
 * import { assertThrows } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const dbPath = "missing_input.db";
 * const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath } } });
 * await logger.run();
 * assertThrows(() => logger.logInput("data/not_there.csv"), MissingInputError);
 * await logger.finish();
 * rmSync(dbPath);
 * ```
 */
export class MissingInputError extends UserError {
  /** The path, as it was given. */
  readonly path: string;

  /**
   * Makes the error.
   *
   * @param message What is missing, and what to do.
   * @param path The path, as it was given.
   */
  constructor(message: string, path: string) {
    super(message);
    this.name = "MissingInputError";
    this.path = path;
  }
}

/** What finds out the content of an input. */
export type StartContent = (read: SeenRead) => Promise<InputContent>;

/** How inputs are given. */
export interface GivenOptions {
  /** What the caller does, for messages: `log an input`. */
  readonly action: string;
  /** The class of errors about arguments. */
  readonly error: new (message: string) => Error;
  /** Finds out the content; called at once. */
  readonly start: StartContent;
}

/** What the caller says of an input. */
export interface InputOptions {
  /** Its name, instead of its path from the project's root. */
  readonly name?: string;
}

/** An input as it was given: the paths that a program reads, and what is recorded. */
export interface Given {
  /** What `scope.input` gives back. */
  readonly result: string | string[];
  readonly reads: readonly SeenRead[];
}

/** Files up to this size are hashed at the call, in bytes: that takes less than it costs to come back to them. */
const SMALL = 64 * 1024;
/** Files up to this size are hashed at the call if they were just written; those of a folder up to this sum. */
const AT_ONCE = 1 << 26;

/**
 * Takes an input as it is now.
 *
 * @param what A path, a path with wildcards, a folder, an address of http(s), a file URL, or a list of these.
 * @param given What the caller says of it.
 * @param options How to take it.
 * @throws {MissingInputError} If there is no such file, or none that matches.
 * @throws {Error} If an argument is of another type; its class is given.
 */
export function giveInput(
  what: unknown,
  given: InputOptions,
  options: GivenOptions,
): Given {
  const { action, error: Fault } = options;
  const { name } = checkName(given, options);
  if (!Array.isArray(what)) return giveOne(what, name, options);
  if (name !== undefined && what.length > 1) {
    throw new Fault(
      `Cannot ${action}: ${what.length} inputs cannot have the name ${
        JSON.stringify(name)
      }; give each its own name in a call of its own`,
    );
  }
  const all = what.map((one: unknown) => giveOne(one, name, options));
  return {
    result: all.flatMap(({ result }) => result),
    reads: all.flatMap(({ reads }) => reads),
  };
}

function checkName(
  given: InputOptions,
  { action, error: Fault }: GivenOptions,
): InputOptions {
  const { name } = given;
  if (name === undefined || (typeof name === "string" && name !== "")) {
    return given;
  }
  throw new Fault(
    `Cannot ${action}: its name is ${
      name === "" ? "empty" : kindOf(name)
    }; give a string, or leave it out`,
  );
}

function giveOne(
  what: unknown,
  name: string | undefined,
  options: GivenOptions,
): Given {
  const { action, error: Fault } = options;
  const text = what instanceof URL ? pathOfUrl(what) : what;
  if (typeof text !== "string" || text === "" || text.includes("\0")) {
    const is = text === ""
      ? "empty"
      : typeof text === "string"
      ? "a string with a NUL character"
      : kindOf(text);
    throw new Fault(
      `Cannot ${action}: its path is ${is}; give the path of a file or a folder, a URL, or a list of these`,
    );
  }
  if (/^https?:\/\//i.test(text)) {
    if (URL.canParse(text)) return giveUrl(text, name, options);
    throw new Fault(
      `Cannot ${action}: ${
        visible(text)
      } is no address; write it like https://host/path`,
    );
  }
  if (/^file:\/\//i.test(text)) {
    return giveOne(new URL(text), name, options);
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    throw new Fault(
      `Cannot ${action}: ${
        visible(text)
      } is no address of http(s); download it, and give the file`,
    );
  }
  return givePath(text, name, options);
}

function pathOfUrl(url: URL): string {
  if (url.protocol !== "file:") return url.href;
  const path = decodeURIComponent(url.pathname);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}

function giveUrl(
  path: string,
  name: string | undefined,
  { start }: GivenOptions,
): Given {
  const read = readOf({ path, kind: "url" as const }, name);
  return { result: path, reads: [{ ...read, content: start(read) }] };
}

function readOf(read: SeenRead, name: string | undefined): SeenRead {
  return {
    ...read,
    isExplicit: true,
    at: Date.now(),
    ...(name !== undefined && { name }),
  };
}

function givePath(
  path: string,
  name: string | undefined,
  options: GivenOptions,
): Given {
  const whole = builtin("node:path").resolve(path);
  const stats = lookAt(whole);
  if ("problem" in stats) {
    const content = Promise.resolve(stats);
    return {
      result: path,
      reads: [{ ...readOf({ path: whole }, name), content }],
    };
  }
  if ("mtimeNs" in stats) {
    return { result: path, reads: [readNow(whole, stats, { name, options })] };
  }
  const { action, error: Fault } = options;
  const paths = isGlob(path) ? filesOfGlob(path) : [];
  if (paths.length === 0) {
    const reason = isGlob(path)
      ? "no file matches it"
      : "there is no such file";
    throw new MissingInputError(
      `Cannot ${action}: ${
        visible(path)
      }: ${reason}; check the path, which starts at ${
        visible(getProcess().cwd())
      }`,
      path,
    );
  }
  if (name !== undefined && paths.length > 1) {
    throw new Fault(
      `Cannot ${action}: ${
        visible(path)
      } matches ${paths.length} files, which cannot have the name ${
        JSON.stringify(name)
      }; leave the name out`,
    );
  }
  const all = paths.map((one) => givePath(one, name, options));
  return { result: paths, reads: all.flatMap(({ reads }) => reads) };
}

type Stats = import("node:fs").BigIntStats;

/** The input as it is now: what changes later does not count. */
function readNow(
  path: string,
  stats: Stats,
  { name, options }: {
    readonly name: string | undefined;
    readonly options: GivenOptions;
  },
): SeenRead {
  if (stats.isDirectory()) {
    return readFolder(readOf({ path, kind: "folder" as const }, name), options);
  }
  const read = {
    ...readOf({ path }, name),
    size: Number(stats.size),
    mtime: String(stats.mtimeNs),
  };
  const isFresh = mayHaveChangedSince(stateOf(stats), read.at!);
  // A change within the same tick of the file system's clock would not be noticed later.
  const isHashedNow = stats.isFile() &&
    stats.size <= (isFresh ? AT_ONCE : SMALL);
  if (isHashedNow) {
    return { ...read, content: Promise.resolve(hashAtOnce(path, stats)) };
  }
  const start = () => options.start(withoutTime(read));
  if (!isFresh) return { ...read, content: remembered(stats, start) };
  waitTick();
  return { ...read, content: start() };
}

/** The files of a folder as they are now. */
function readFolder(read: SeenRead, { start }: GivenOptions): SeenRead {
  const { hasFresh, ...listing } = folderNow(read, AT_ONCE);
  if (!hasFresh) return { ...read, content: start({ ...read, listing }) };
  waitTick();
  const at = Date.now();
  const files = listing.files.map((file) => ({ ...file, at }));
  return {
    ...read,
    at,
    content: start({ ...read, at, listing: { ...listing, files } }),
  };
}

/** What was started before, so that naming a file again and again costs nothing. */
const started = new Map<string, Promise<InputContent>>();
/** The most files that are remembered. */
const MOST = 10_000;

function remembered(
  { dev, ino, size, mtimeNs, ctimeNs }: Stats,
  start: () => Promise<InputContent>,
): Promise<InputContent> {
  const key = [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  let content = started.get(key);
  if (content === undefined) {
    if (started.size >= MOST) started.clear();
    started.set(key, content = start());
  }
  return content;
}

/** The modification time is compared; the time of the call would refuse a file that was moved right before it. */
function withoutTime({ at: _, ...read }: SeenRead): SeenRead {
  return read;
}

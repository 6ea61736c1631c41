/**
 * Writing a file that a person asked for. Nothing is lost by it: what is there and was not written by
 * `ato` stays unless `--force` says otherwise, a database stays in any case, and no link is followed.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { UsageError } from "../command.ts";
import { visible } from "../../internal/visible_text.ts";
import { isDatabaseFile } from "./database_file.ts";

/** What may be written over. */
export interface OutputOptions {
  /** The database that is being read, if one is. */
  readonly database?: string;
  /** Whether `--force` was given. @default false */
  readonly force?: boolean;
  /** Tells the files that an earlier call of the same command wrote. @default none is */
  readonly isOurs?: (path: string) => boolean;
  /** The mode of a file that is not there yet. @default 0o600 */
  readonly mode?: number;
}

/**
 * Refuses a place where writing would destroy something.
 *
 * @param path The place.
 * @param options What may be written over.
 * @throws {UsageError} If it is a database, or holds what `ato` did not write.
 */
export function refuseOutput(path: string, options: OutputOptions): void {
  const { database, force = false, isOurs } = options;
  if (path === "") {
    throw new UsageError("Cannot write to a file without a name; name one");
  }
  if (isDatabaseFile(path, database)) {
    throw new UsageError(
      `Cannot write ${
        visible(path)
      }: it is a database, or belongs to one; name another place`,
    );
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || isStream(path)) return;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(
      `Cannot write ${visible(path)}: it is a folder; name a file in it`,
    );
  }
  if (force || (found.isFile() && isOurs?.(path))) return;
  const reason = found.isSymbolicLink()
    ? "it is a link"
    : isOurs === undefined
    ? "it exists already"
    : "it exists already and was not exported by ato";
  throw new UsageError(
    `Cannot write ${visible(path)}: ${reason}; --force overwrites it`,
  );
}

/**
 * Writes a file that has its name only when it is whole.
 *
 * @param path The file.
 * @param options What may be written over.
 * @param work Gets the path to write to: an empty file of its own beside the other, with the same
 *   extension; a pipe or a device itself.
 * @throws {UsageError} as {@linkcode refuseOutput}.
 */
export async function writeOutput(
  path: string,
  options: OutputOptions,
  work: (path: string) => Promise<void> | void,
): Promise<void> {
  try {
    await write(path, options, work);
  } catch (error) {
    throw placeProblem(error, path);
  }
}

/**
 * Says in a sentence that a place cannot be written.
 *
 * @param error What the system said; another error stays as it is.
 * @param path The place.
 * @returns what to throw.
 */
export function placeProblem(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) return error;
  return new UsageError(
    `Cannot write ${visible(path)}: ${REASONS[code] ?? code}; ` +
      "name a place that can be written",
    { cause: error },
  );
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "access is refused",
  EEXIST: "a file has its name, or that of a folder above it",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "its folder does not exist",
  ENOSPC: "the disk is full",
  ENOTDIR: "its folder is a file",
  EPERM: "access is refused",
  EROFS: "the file system is read-only",
};

async function write(
  path: string,
  options: OutputOptions,
  work: (path: string) => Promise<void> | void,
): Promise<void> {
  refuseOutput(path, options);
  if (isStream(path)) return await work(path);
  const old = lstatSync(path, { throwIfNoEntry: false });
  const mode = old?.isFile() ? old.mode & 0o777 : options.mode ?? 0o600;
  const unfinished = reserve(path, mode);
  try {
    await work(unfinished);
    if (old === undefined && options.force !== true) {
      placeNew(unfinished, path, options);
    } else renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** A pipe, a terminal, `/dev/null`: nothing there can be lost, and nothing can take its name. */
export function isStream(path: string): boolean {
  if (/^\/(dev\/(stdout|stderr|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(path)) {
    return true;
  }
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined &&
    (found.isFIFO() || found.isCharacterDevice() || found.isSocket());
}

/** A name that nobody can have laid a link at beforehand; the file is made or it is an error. */
function reserve(path: string, mode: number): string {
  const end = extname(path);
  const name = basename(path, end).slice(0, 60);
  const random = randomBytes(8).toString("hex");
  const unfinished = join(dirname(path), `.${name}.${random}.part${end}`);
  closeSync(openSync(unfinished, "wx", mode));
  // What the process masks is not taken from a file that was there before.
  chmodSync(unfinished, mode);
  return unfinished;
}

/** Gives the file its name unless somebody took that meanwhile. */
function placeNew(
  unfinished: string,
  path: string,
  options: OutputOptions,
): void {
  try {
    linkSync(unfinished, path);
  } catch (error) {
    // A file system without hard links has no call for this; look once more, then rename.
    refuseOutput(path, options);
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    return renameSync(unfinished, path);
  }
  rmSync(unfinished);
}

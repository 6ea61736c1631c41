/**
 * Writes files that a person asked for, without destroying others: a file that `ato` did not write is kept
 * unless `--force` is given, a database is always kept, and no link is followed.
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

/** What may be overwritten. */
export interface OutputOptions {
  /** The database that is being read, if one is. */
  readonly database?: string;
  /** Whether `--force` was given. @default {false} */
  readonly force?: boolean;
  /** Tells whether an earlier call of the same command wrote a file. @default {no file was} */
  readonly isOurs?: (path: string) => boolean;
  /** The mode of a new file. @default {0o600} */
  readonly mode?: number;
}

/**
 * Refuses a path if writing to it would destroy something.
 *
 * @param path The place.
 * @param options What may be written over.
 * @throws {UsageError} If it is a database, or a file that `ato` did not write.
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
      }: it is a database, or belongs to one; name another path`,
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
 * Writes a file that gets its name when it is complete.
 *
 * @param path The file.
 * @param options What may be written over.
 * @param work Gets the path to write to: a new empty file in the same folder with the same extension; or the
 *   pipe or device itself.
 * @throws {UsageError} If {@linkcode refuseOutput} throws it, or the file cannot be written.
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
 * Describes in one sentence why a path cannot be written.
 *
 * @param error The error of the system; other errors are returned unchanged.
 * @param path The place.
 * @returns the error to throw.
 */
export function placeProblem(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) return error;
  return new UsageError(
    `Cannot write ${visible(path)}: ${REASONS[code] ?? code}; ` +
      "name a path that can be written",
    { cause: error },
  );
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "access is denied",
  EEXIST: "a file has its name, or that of a folder above it",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "its folder does not exist",
  ENOSPC: "the disk is full",
  ENOTDIR: "its folder is a file",
  EPERM: "access is denied",
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

/** A pipe, a terminal, `/dev/null`: writing to it destroys nothing, and no file can take its name. */
export function isStream(path: string): boolean {
  if (/^\/(dev\/(stdout|stderr|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(path)) {
    return true;
  }
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined &&
    (found.isFIFO() || found.isCharacterDevice() || found.isSocket());
}

/** Creates a file with a name that no one could have linked beforehand, or fails. */
function reserve(path: string, mode: number): string {
  const end = extname(path);
  const name = basename(path, end).slice(0, 60);
  const random = randomBytes(8).toString("hex");
  const unfinished = join(dirname(path), `.${name}.${random}.part${end}`);
  closeSync(openSync(unfinished, "wx", mode));
  // A replaced file keeps its mode, whatever the umask.
  chmodSync(unfinished, mode);
  return unfinished;
}

/** Gives the file its name unless another file took it meanwhile. */
function placeNew(
  unfinished: string,
  path: string,
  options: OutputOptions,
): void {
  try {
    linkSync(unfinished, path);
  } catch (error) {
    // Without hard links there is no atomic call for this: check again, then rename.
    refuseOutput(path, options);
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    return renameSync(unfinished, path);
  }
  rmSync(unfinished);
}

/** Makes the folder of a database, and the file itself, which only its owner may read. */
import { closeSync, openSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { messageOf } from "../internal/errors.ts";
import { makeFolder } from "../internal/make_folder.ts";
import { isNotCapable } from "./_missing_permission.ts";
import {
  StorageError,
  type StorageProblem,
  toStorageError,
  TrackerUsageError,
} from "./errors.ts";

const BY_CODE: Readonly<Record<string, StorageProblem>> = {
  EACCES: "readonly",
  EDQUOT: "full",
  ENOSPC: "full",
  EPERM: "readonly",
  EROFS: "readonly",
};

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EDQUOT: "the quota is used up",
  EEXIST: "a part of it is a file, not a folder",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "it cannot be found",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of it is a file, not a folder",
  EPERM: "permission is denied",
  EROFS: "the file system is read-only",
};

/**
 * Makes a file and its folder, if they are missing.
 *
 * @throws {StorageError} If one of them cannot be made; the message says which, and why.
 * @throws {TrackerUsageError} If the path is a folder.
 */
export function prepareFile(path: string): void {
  if (path === ":memory:" || path === "") return;
  try {
    makeFile(path);
  } catch (cause) {
    throw isNotCapable(cause) ? toStorageError("open", { path, cause }) : cause;
  }
}

function makeFile(path: string): void {
  const folder = dirname(resolve(path));
  if (isFile(path, folder)) return;
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    // Another process made it first.
    if ((error as { code?: string }).code === "EEXIST") return;
    refuse(
      path,
      `no file can be made in ${folder}; give yourself permission to write there, or name another folder`,
      error,
    );
  }
}

/** Whether the file is there. If it is not, its folder is made. */
function isFile(path: string, folder: string): boolean {
  let found: Stats | undefined;
  try {
    found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) makeFolder(folder);
  } catch (error) {
    refuse(
      path,
      `its folder ${folder} cannot be made; make it, or name another one`,
      error,
    );
  }
  if (!found?.isDirectory()) return found !== undefined;
  throw new TrackerUsageError(
    `Cannot open ${path}: it is a folder; name a file in it`,
  );
}

function refuse(path: string, what: string, error: unknown): never {
  if (isNotCapable(error)) throw error;
  const { code = "" } = error as { code?: string };
  const reason = REASONS[code] ?? messageOf(error);
  throw new StorageError(`Cannot open ${path}: ${what} (${reason})`, {
    problem: BY_CODE[code] ?? "io",
    cause: error,
  });
}

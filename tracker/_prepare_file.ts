/** Makes the place for a database: its folder, and the file itself, which only its owner may read. */
import { closeSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { makeFolder } from "../internal/make_folder.ts";
import {
  StorageError,
  type StorageProblem,
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
 * Makes the folder of a file, and the file where it is not there.
 *
 * @throws {StorageError} that names what cannot be made, and why.
 * @throws {TrackerUsageError} if the path is that of a folder.
 */
export function prepareFile(path: string): void {
  if (path === ":memory:" || path === "") return;
  const folder = dirname(resolve(path));
  const refuse = (what: string, error: unknown): never => {
    const { code = "", message } = error as { code?: string; message: string };
    const problem = BY_CODE[code] ?? "io";
    const reason = REASONS[code] ?? message;
    throw new StorageError(
      `Cannot open ${path}: ${what} (${reason})`,
      { problem, cause: error },
    );
  };
  let found;
  try {
    found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) makeFolder(folder);
  } catch (error) {
    refuse(
      `its folder ${folder} cannot be made; make it, or name another one`,
      error,
    );
  }
  if (found?.isDirectory()) {
    throw new TrackerUsageError(
      `Cannot open ${path}: it is a folder; name a file in it`,
    );
  }
  if (found !== undefined) return;
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    // Another process was quicker.
    if ((error as { code?: string }).code === "EEXIST") return;
    refuse(
      `no file can be made in ${folder}; give yourself permission to write there, or name another folder`,
      error,
    );
  }
}

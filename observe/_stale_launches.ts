/** Folders of launches whose launcher was killed before it could remove them. */
import { lstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { attempt } from "../internal/attempt.ts";
import { isRecord } from "../internal/objects.ts";
import { isAlive, type ProcessIdentity } from "../internal/process_identity.ts";

/** What the names of the folders start with. */
export const LAUNCH_PREFIX = "ato-launch-";
/** The file that says which process made a folder. */
export const OWNER_FILE = "owner";
/** Milliseconds after which a folder without an owner is stale. */
const DAY = 24 * 60 * 60 * 1000;

/**
 * Removes the folders of this user's launches whose launcher is dead.
 *
 * @param within The folder with the folders of launches. @default {the system's folder for temporary files}
 */
export function removeStaleLaunches(within: string = tmpdir()): void {
  const names = attempt(() => readdirSync(within)) ?? [];
  for (const name of names) {
    if (!name.startsWith(LAUNCH_PREFIX)) continue;
    const folder = join(within, name);
    // Another launcher can remove it at the same time.
    attempt(() => {
      if (isStale(folder)) rmSync(folder, { recursive: true, force: true });
    });
  }
}

function isStale(folder: string): boolean {
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) return false;
  const owner = readOwner(join(folder, OWNER_FILE));
  return owner === undefined
    ? found.mtimeMs < Date.now() - DAY
    : isAlive(owner) === false;
}

function readOwner(path: string): ProcessIdentity | undefined {
  const owner: unknown = attempt(() => JSON.parse(readFileSync(path, "utf8")));
  if (!isRecord(owner) || typeof owner["pid"] !== "number") return undefined;
  const text = (key: string): string | null => {
    const value = owner[key];
    return typeof value === "string" ? value : null;
  };
  return {
    pid: owner["pid"],
    host: text("host"),
    bootId: text("bootId"),
    pidStart: text("pidStart"),
  };
}

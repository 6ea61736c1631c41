/** The lock files of a folder. */
import { bunLock } from "./lock/_bun_lock.ts";
import { denoLock } from "./lock/_deno_lock.ts";
import { isRecord } from "../../internal/objects.ts";
import { type Json, ownAt, textAt } from "./lock/_json.ts";
import type { Lock } from "./lock/lock.ts";
import { npmLock } from "./lock/_npm_lock.ts";
import { pnpmLock } from "./lock/_pnpm_lock.ts";
import { yarnLock } from "./lock/_yarn_lock.ts";
import type { Manifest } from "./_manifest.ts";
import { parseJson, type ProjectFiles } from "./_project_files.ts";

/** A lock file that is there. */
export interface LockFile {
  /** Its name, for people. */
  readonly name: string;
  /** What it says, or why it cannot be asked. */
  readonly lock: Lock | Error;
}

type Reader = (text: string) => Lock | undefined;

/** In the order in which they are asked, under every runtime. */
const READERS: readonly (readonly [string, Reader])[] = [
  ["npm-shrinkwrap.json", ofJson(npmLock)],
  ["package-lock.json", ofJson(npmLock)],
  ["pnpm-lock.yaml", pnpmLock],
  ["yarn.lock", yarnLock],
  ["bun.lock", ofJson(bunLock)],
];

function ofJson(read: (json: Json) => Lock): Reader {
  return (text) => {
    const json = parseJson(text);
    return json && read(json);
  };
}

/**
 * Reads the lock files that lie beside a manifest.
 *
 * @param manifest The manifest.
 * @param files Reads files.
 * @returns those that are there.
 */
export async function readLocks(
  manifest: Manifest,
  files: ProjectFiles,
): Promise<LockFile[]> {
  const { folder } = manifest;
  const path = denoLockPath(manifest.deno);
  const readers: readonly (readonly [string, Reader])[] = path === undefined
    ? READERS
    : [[path, ofJson(denoLock)], ...READERS];
  const found: LockFile[] = [];
  for (const [name, read] of readers) {
    const text = await files.text(new URL(name, folder).href);
    if (text === undefined) continue;
    found.push({ name, lock: readLock(text, read) });
  }
  if (await files.text(`${folder}bun.lockb`) !== undefined) {
    found.push({ name: "bun.lockb", lock: new Error(BINARY) });
  }
  return found;
}

const BINARY =
  "is binary; `bun install --save-text-lockfile` writes one that can be read";

function readLock(text: string | Error, read: Reader): Lock | Error {
  if (typeof text !== "string") {
    return new Error("cannot be read", { cause: text });
  }
  return read(text) ?? new Error("is not a JSON object");
}

/** Where Deno keeps its lock file; `undefined` where it is switched off. */
function denoLockPath(deno: Json | undefined): string | undefined {
  const lock = ownAt(deno, "lock");
  if (lock === false) return undefined;
  if (typeof lock === "string") return lock;
  return isRecord(lock) ? textAt(lock, "path") ?? "deno.lock" : "deno.lock";
}

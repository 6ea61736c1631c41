/**
 * The SHA-256 of files that were hashed before, for all programs of this user.
 *
 * @module
 */
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { attempt } from "../internal/attempt.ts";
import { makeFolder } from "../internal/make_folder.ts";
import { isGranted } from "../internal/runtime.ts";
import { userCacheFolder } from "../internal/user_cache.ts";
import { type FileState, isSettled } from "../internal/file_state.ts";

export type { FileState } from "../internal/file_state.ts";

/** The number of files that the cache is spread over: one of them is read for a few hashes. */
const SHARDS = 64n;
/** The most bytes of one of them. */
const LARGEST = 1 << 20;
/** Hashes that are stored together. */
const AT_ONCE = 1_000;
/** A line: device, inode, size, mtime, ctime, SHA-256. A torn or foreign line is none. */
const LINE = /^(\d+ \d+ \d+ -?\d+ -?\d+) ([0-9a-f]{64})$/;

/** Remembers the hashes of files. It fails silently: a hash that is not remembered is computed. */
export interface HashCache {
  /** Returns the SHA-256 of a file in that state, in hex; `undefined` if it is not known. */
  get(state: FileState): string | undefined;
  /** Remembers the SHA-256 of a file in that state. */
  set(state: FileState, sha256: string): void;
  /** Stores what was remembered; called when nothing is left to hash. */
  flush?(): void;
}

/** A cache in a folder, which any number of processes use at once. */
export class FolderCache implements HashCache {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #shards = new Map<string, Map<string, string>>();
  /** Lines that are not stored yet, by file. */
  readonly #fresh = new Map<string, string[]>();
  #waiting = 0;

  /**
   * @param folder Its folder; it is made when something is remembered.
   * @param now Returns milliseconds since 1970. @default {Date.now}
   */
  constructor(folder: string, now: () => number = Date.now) {
    this.#folder = folder;
    this.#now = now;
  }

  get(state: FileState): string | undefined {
    return this.#shard(state).get(keyOf(state));
  }

  set(state: FileState, sha256: string): void {
    // A change within the same tick of the clock leaves the times as they are, so a fresh file is not remembered.
    if (!isSettled(state, this.#now())) return;
    const key = keyOf(state);
    const shard = this.#shard(state);
    if (shard.get(key) === sha256) return;
    shard.set(key, sha256);
    const path = this.#path(state);
    const lines = this.#fresh.get(path) ?? [];
    this.#fresh.set(path, lines);
    lines.push(`${key} ${sha256}\n`);
    if (++this.#waiting >= AT_ONCE) this.flush();
  }

  flush(): void {
    for (const [path, lines] of this.#fresh) {
      attempt(() => this.#append(path, lines.join("")));
    }
    this.#fresh.clear();
    this.#waiting = 0;
  }

  #path({ inode }: FileState): string {
    return join(this.#folder, `hashes-v1.${inode % SHARDS}`);
  }

  #shard(state: FileState): Map<string, string> {
    const path = this.#path(state);
    let shard = this.#shards.get(path);
    if (shard === undefined) {
      const text = attempt(() => readFileSync(path, "utf8"), {
        name: "read",
        path,
      });
      this.#shards.set(path, shard = new Map(entriesOf(text ?? "")));
    }
    return shard;
  }

  #append(path: string, lines: string): void {
    if (!isGranted({ name: "write", path })) return;
    makeFolder(this.#folder, { mode: 0o700 });
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > LARGEST) shorten(path);
    const file = openSync(path, "a", 0o600);
    try {
      writeSync(file, lines);
    } finally {
      closeSync(file);
    }
  }
}

/** Keeps the newer half. What another process appends meanwhile is lost, and computed again. */
function shorten(path: string): void {
  const text = readFileSync(path, "utf8");
  const half = text.indexOf("\n", text.length / 2) + 1;
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text.slice(half), { mode: 0o600 });
  renameSync(draft, path);
}

function keyOf({ device, inode, size, mtime, ctime }: FileState): string {
  return `${device} ${inode} ${size} ${mtime} ${ctime}`;
}

function* entriesOf(text: string): Iterable<[string, string]> {
  for (const line of text.split("\n")) {
    const [, key, sha256] = LINE.exec(line) ?? [];
    if (key !== undefined && sha256 !== undefined) yield [key, sha256];
  }
}

/** Returns the cache of this user; `undefined` if no folder for it is known without a prompt. */
export function userCache(): HashCache | undefined {
  const folder = attempt(userCacheFolder);
  return folder === undefined ? undefined : new FolderCache(folder);
}

/**
 * A hub in a folder, e.g. on a network share.
 *
 * @module
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { makeFolder } from "../../internal/make_folder.ts";
import { messageOf } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import { lookUntil } from "./_look_until.ts";
import { HubError, type HubProblem } from "./errors.ts";
import { checkObjectName, OBJECT_NAME } from "./_object_name.ts";
import type {
  HubStore,
  StoredObject,
  StoredRef,
  WaitOptions,
} from "./store.ts";

const OBJECTS = "objects";
const REFS = "refs";
const PARTS = "parts";
/** Old values of a ref that are kept: a client that read one of them must see that its value is old. */
const KEPT_VALUES = 64;
/** Milliseconds for which a value that was read may be the base of a new one. */
const FRESH = 3_600_000;
/** Milliseconds for which old values are kept at least. */
const KEPT_FOR = 24 * 3_600_000;
/** Milliseconds by which the time of a new file can be behind the clock of its server, at most. */
const TICK = 20;
/** Milliseconds between two looks at a ref. */
const LOOK = 500;

/**
 * A store in a folder. It needs nothing of the file system but what a network share has: a file appears with all of its
 * content by `rename`, a value is set by `link`, which fails if another client was faster, and both are synced.
 *
 * New files and folders take the mode and the group of the folder above, so that a shared folder stays shared.
 */
export class FolderStore implements HubStore {
  readonly shown: string;
  readonly #root: string;
  /** When each value was read, by a clock that nobody sets. */
  readonly #reads = new Map<string, number>();
  /** How much the clock of the file server is ahead of that of this machine at most, in milliseconds. */
  #ahead: number | undefined;

  /**
   * @param folder The folder.
   */
  constructor(folder: string) {
    this.#root = resolve(folder);
    this.shown = visible(this.#root);
  }

  isPrepared(): Promise<boolean> {
    return this.#guard("read", () => {
      const found = statSync(this.#root, { throwIfNoEntry: false });
      if (found !== undefined && !found.isDirectory()) {
        throw new HubError(
          `Cannot open ${this.shown}: it is a file; name a folder`,
          { problem: "usage" },
        );
      }
      return existsSync(join(this.#root, REFS));
    });
  }

  prepare(): Promise<void> {
    return this.#guard("write", () => {
      const isNew = !existsSync(this.#root);
      if (
        !isNew && !existsSync(join(this.#root, REFS)) &&
        readdirSync(this.#root).length > 0
      ) {
        throw new HubError(
          `Cannot make a hub in ${this.shown}: the folder is not empty; name an empty or a new one`,
          { problem: "usage" },
        );
      }
      makeFolder(this.#root);
      for (const name of [OBJECTS, REFS, PARTS]) this.#folder(name);
    });
  }

  put(name: string, content: Uint8Array): Promise<boolean> {
    return this.#guard("write", () => {
      const path = this.#path(name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.size === content.length && this.#touch(path)) return false;
      this.#folder(join(OBJECTS, name.slice(0, 2)));
      const part = this.#write(content);
      renameSync(part, path);
      syncFolder(join(path, ".."));
      return true;
    });
  }

  get(name: string): Promise<Uint8Array | undefined> {
    return this.#guard("read", () => {
      try {
        return readFileSync(this.#path(name));
      } catch (error) {
        if (codeOf(error) === "ENOENT") return undefined;
        throw error;
      }
    });
  }

  has(names: readonly string[]): Promise<Set<string>> {
    return this.#guard(
      "read",
      () => new Set(names.filter((name) => existsSync(this.#path(name)))),
    );
  }

  async *list(prefix = ""): AsyncIterable<StoredObject> {
    const folders = await this.#guard(
      "read",
      () => readdirSync(join(this.#root, OBJECTS)),
    );
    for (const folder of folders) {
      const [short, long] = [folder, prefix].sort((a, b) =>
        a.length - b.length
      );
      if (!/^[0-9a-f]{2}$/.test(folder) || !long!.startsWith(short!)) continue;
      yield* await this.#guard("read", () => this.#inFolder(folder, prefix));
    }
  }

  #inFolder(folder: string, prefix: string): StoredObject[] {
    const path = join(this.#root, OBJECTS, folder);
    return readdirSync(path)
      .filter((name) => OBJECT_NAME.test(name) && name.startsWith(prefix))
      .flatMap((name) => {
        const found = statSync(join(path, name), { throwIfNoEntry: false });
        return found === undefined
          ? []
          : [{ name, size: found.size, at: found.mtimeMs }];
      });
  }

  remove(name: string, before: number): Promise<boolean> {
    return this.#guard("write", () => {
      const path = this.#path(name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined || found.mtimeMs >= before) return false;
      // Out of the way first: whoever stores it from now on writes it anew, and one who did so just now is seen.
      const away = join(this.#root, PARTS, randomUUID());
      renameSync(path, away);
      if (statSync(away).mtimeMs >= before && !existsSync(path)) {
        renameSync(away, path);
        return false;
      }
      unlinkSync(away);
      return true;
    });
  }

  read(ref: string): Promise<StoredRef | undefined> {
    return this.#guard("read", () => {
      this.#reads.set(ref, performance.now());
      const generation = this.#newest(ref);
      if (generation === 0) return undefined;
      const value = readFileSync(this.#refPath(ref, generation), "utf8");
      return { value, generation };
    });
  }

  /** The newest generation of a value; 0 if it was never set. */
  #newest(ref: string): number {
    const folder = join(this.#root, REFS, ref);
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return 0;
      throw error;
    }
    let newest = 0;
    for (const name of names) {
      if (/^\d{1,15}$/.test(name)) newest = Math.max(newest, Number(name));
    }
    // A client of a network share can list an old state of a folder; a file that is asked for by its name is current.
    while (existsSync(this.#refPath(ref, newest + 1))) newest++;
    return newest;
  }

  swap(ref: string, value: string, generation: number): Promise<boolean> {
    return this.#guard("write", () => {
      const wasRead = this.#reads.get(ref) ?? -Infinity;
      this.#folder(join(REFS, ref));
      if (performance.now() - wasRead > FRESH) return false;
      const part = this.#write(new TextEncoder().encode(value));
      try {
        return this.#link(part, this.#refPath(ref, generation + 1));
      } finally {
        unlinkSync(part);
        this.#forget(ref, generation + 1);
      }
    });
  }

  #link(part: string, path: string): boolean {
    try {
      linkSync(part, path);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      // A server that answers twice says that the link exists, although this call made it.
      if (statSync(part).nlink !== 2) return false;
    }
    syncFolder(join(path, ".."));
    return true;
  }

  /** Removes values that are so old that no client can take them for the newest. */
  #forget(ref: string, newest: number): void {
    if (newest % KEPT_VALUES !== 0) return;
    const folder = join(this.#root, REFS, ref);
    for (const name of readdirSync(folder)) {
      if (!/^\d+$/.test(name) || Number(name) > newest - KEPT_VALUES) continue;
      const found = statSync(join(folder, name), { throwIfNoEntry: false });
      if (found !== undefined && Date.now() - found.mtimeMs > KEPT_FOR) {
        unlinkIfThere(join(folder, name));
      }
    }
  }

  async wait(ref: string, options: WaitOptions): Promise<void> {
    const look = () => this.#guard("read", () => this.#newest(ref));
    await lookUntil(look, LOOK, options);
  }

  now(): Promise<number> {
    return this.#guard("write", () => this.#serverTime());
  }

  /** The time that the file server gives a file now: the clock of this machine can be wrong. */
  #serverTime(): number {
    const part = this.#write(new Uint8Array());
    const time = statSync(part).mtimeMs;
    unlinkSync(part);
    return time;
  }

  /**
   * A time that is not before the one which the file server gives a file now, and hardly after it. The server is asked
   * once only; while it is asked time passes, and the times that it gives follow its clock in ticks.
   */
  #notBeforeNow(): number {
    if (this.#ahead === undefined) {
      const start = Date.now();
      this.#ahead = this.#serverTime() - start + TICK;
    }
    return Date.now() + this.#ahead;
  }

  /**
   * Makes an object count as stored now.
   *
   * @returns whether it does; only the owner of a file can set its time.
   */
  #touch(path: string): boolean {
    const now = new Date(this.#notBeforeNow());
    try {
      utimesSync(path, now, now);
      return true;
    } catch (error) {
      if (["EPERM", "EACCES", "ENOENT"].includes(codeOf(error))) return false;
      throw error;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Removes what writers that were killed have left. */
  async sweep(before: number): Promise<void> {
    await this.#guard("write", () => {
      const folder = join(this.#root, PARTS);
      for (const name of readdirSync(folder)) {
        const found = statSync(join(folder, name), { throwIfNoEntry: false });
        if (found !== undefined && found.mtimeMs < before) {
          unlinkIfThere(join(folder, name));
        }
      }
    });
  }

  #path(name: string): string {
    checkObjectName(name, this.shown);
    return join(this.#root, OBJECTS, name.slice(0, 2), name);
  }

  #refPath(ref: string, generation: number): string {
    return join(this.#root, REFS, ref, String(generation));
  }

  /** Makes a folder like the one above it. */
  #folder(name: string): void {
    const path = join(this.#root, name);
    if (existsSync(path)) return;
    const above = statSync(join(path, ".."));
    makeFolder(path);
    likeAbove(path, above, above.mode & 0o7777);
    syncFolder(join(path, ".."));
  }

  /** Writes a file that nobody sees yet. */
  #write(content: Uint8Array): string {
    const folder = join(this.#root, PARTS);
    this.#folder(PARTS);
    const path = join(folder, randomUUID());
    const file = openSync(path, "wx", 0o600);
    try {
      for (let at = 0; at < content.length;) {
        at += writeSync(file, content, at, content.length - at);
      }
      fsyncSync(file);
    } catch (error) {
      closeSync(file);
      unlinkIfThere(path);
      throw error;
    }
    closeSync(file);
    const above = statSync(folder);
    likeAbove(path, above, above.mode & 0o666);
    return path;
  }

  /** Calls a function, and turns an error of the file system into a sentence. */
  // deno-lint-ignore require-await -- what is thrown must reject
  async #guard<T>(action: "read" | "write", work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      if (error instanceof HubError) throw error;
      throw this.#toHubError(action, error);
    }
  }

  #toHubError(action: "read" | "write", error: unknown): HubError {
    const known = REASONS[codeOf(error)];
    const [problem, reason] = known ?? ["other", messageOf(error)];
    return new HubError(
      `Cannot ${action} the hub in ${this.shown}: ${visible(reason)}`,
      { problem, cause: error },
    );
  }
}

const REASONS: Readonly<Record<string, readonly [HubProblem, string]>> = {
  EACCES: ["refused", "permission is denied; ask who owns the folder"],
  EPERM: ["refused", "permission is denied, or the place has no hard links"],
  EROFS: ["refused", "the file system is read-only"],
  ENOTSUP: ["other", "the file system has no hard links; use another place"],
  EOPNOTSUPP: ["other", "the file system has no hard links; use another place"],
  ENOSPC: ["full", "the disk is full; make space, and try again"],
  EDQUOT: ["full", "the quota is used up; make space, and try again"],
  ENOTDIR: ["usage", "a part of its path is a file; name a folder"],
  EEXIST: ["usage", "a part of its path is a file; name a folder"],
  ENAMETOOLONG: ["usage", "the name is too long; name another folder"],
  ESTALE: ["unreachable", "the file server has forgotten it; try again"],
  EIO: ["unreachable", "the file server or the disk does not answer"],
};

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
}

function likeAbove(path: string, above: Stats, mode: number): void {
  chmodSync(path, mode);
  const own = statSync(path);
  if (own.gid === above.gid) return;
  try {
    chownSync(path, own.uid, above.gid);
  } catch (error) {
    // Who is not in the group cannot give a file to it; then its readers are those of the mode.
    if (codeOf(error) !== "EPERM") throw error;
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** Makes names durable, where the system can sync a folder. */
function syncFolder(path: string): void {
  let folder: number;
  try {
    folder = openSync(path, "r");
  } catch {
    // Windows opens no folders.
    return;
  }
  try {
    fsyncSync(folder);
  } catch (error) {
    if (!["EINVAL", "EBADF", "EPERM", "EISDIR"].includes(codeOf(error))) {
      throw error;
    }
  } finally {
    closeSync(folder);
  }
}

/** Hashes files soon after their first read, before the program can change them. */
import { createHash } from "node:crypto";
import { type BigIntStats, createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { ReadSeen } from "../internal/observation.ts";

/** Files that are hashed at the same time. */
const AT_ONCE = 2;

/** The hashes of files as they were at their first read. */
export class FirstHashes {
  readonly #hashes = new Map<string, string>();
  readonly #waiting: ReadSeen[] = [];
  readonly #busy = new Set<Promise<void>>();
  #isStopped = false;

  /** Hashes a file as soon as possible. */
  add(read: ReadSeen): void {
    if (read.size === undefined || read.mtime === undefined) return;
    this.#waiting.push(read);
    this.#next();
  }

  /** Returns the SHA-256 of a file in hex; `undefined` if it is not known. */
  get(path: string): string | undefined {
    return this.#hashes.get(path);
  }

  /** Waits for the files that are being hashed, and leaves the others. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting.length = 0;
    await Promise.all(this.#busy);
  }

  #next(): void {
    while (this.#busy.size < AT_ONCE && !this.#isStopped) {
      const read = this.#waiting.shift();
      if (read === undefined) return;
      const work = this.#hash(read).catch(() => {
        // It cannot be read any longer: its content stays unknown.
      }).finally(() => {
        this.#busy.delete(work);
        this.#next();
      });
      this.#busy.add(work);
    }
  }

  async #hash(read: ReadSeen): Promise<void> {
    const before = await stat(read.path, { bigint: true });
    if (!before.isFile() || !isAsRead(before, read)) return;
    const hash = createHash("sha256");
    for await (const piece of createReadStream(read.path)) hash.update(piece);
    const after = await stat(read.path, { bigint: true });
    if (isAsRead(after, read)) this.#hashes.set(read.path, hash.digest("hex"));
  }
}

function isAsRead(found: BigIntStats, { size, mtime }: ReadSeen): boolean {
  return found.size === BigInt(size!) && String(found.mtimeNs) === mtime;
}

/**
 * Hashes the files that a run read, in the background and within limits.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  read as readAsync,
  readSync,
  statSync,
} from "node:fs";
import { setImmediate } from "node:timers";
import {
  type FileState,
  isSameState,
  isSameTime,
  mayHaveChangedSince,
  stateOf,
} from "./_file_state.ts";
import { systemPath } from "./_path_bytes.ts";
import { type HashCache, userCache } from "./hash_cache.ts";
import type { InputContent, SeenRead } from "../internal/run_inputs.ts";
import { isGranted } from "../internal/runtime.ts";

/** Limits of hashing, so that no file keeps a run from ending. */
export interface HashLimits {
  /** The largest file that is hashed, in bytes. @default {68719476736 (64 GiB)} */
  readonly bytes?: number;
  /** The time that all hashing of a run may take, in milliseconds. @default {120000} */
  readonly milliseconds?: number;
}

/** How far hashing has come. */
export interface HashProgress {
  /** The file that is being hashed. */
  readonly path: string;
  /** Bytes hashed so far, of all files. */
  readonly done: number;
  /** Bytes of all files that are known so far. */
  readonly total: number;
  /** True in the last report: nothing is left to hash. */
  readonly isOver?: boolean;
}

/** Options for {@linkcode InputHasher}. */
export interface HasherOptions {
  /** What remembers hashes; `false` for none. @default {the cache of the user} */
  readonly cache?: HashCache | false;
  /** Stops hashing; what is not hashed by then is unreadable. */
  readonly signal?: AbortSignal;
  /** Is called about four times a second while files are hashed. */
  readonly progress?: ((progress: HashProgress) => void) | undefined;
  /** The limits. */
  readonly limits?: HashLimits;
}

/** What is known of the content of a file. */
export type Hashed = Exclude<
  InputContent,
  { readonly value: string } | { readonly files: unknown }
>;

const PIECE = 1 << 20;
/** Milliseconds of work after which other work of the thread gets its turn. */
const TURN = 8;
/** Files up to this size are hashed first. */
const SMALL = 1 << 26;
/** Milliseconds between reports of the progress. */
const REPORT_EVERY = 250;

interface Job {
  readonly read: SeenRead;
  readonly stats: BigIntStats;
  readonly resolve: (result: Hashed) => void;
}

/** Jobs in their order. To shift an array of 100,000 moves all of it. */
class Jobs {
  #jobs: Job[] = [];
  #at = 0;

  /** The number of jobs that wait. */
  get length(): number {
    return this.#jobs.length - this.#at;
  }

  push(job: Job): void {
    this.#jobs.push(job);
  }

  take(): Job | undefined {
    const job = this.#jobs[this.#at++];
    if (job === undefined) [this.#jobs, this.#at] = [[], 0];
    return job;
  }
}

/** Hashes files one after the other, small ones first. Each path is hashed once. */
export class InputHasher {
  readonly #options: HasherOptions;
  readonly #cache: HashCache | undefined;
  readonly #results = new Map<string, Promise<Hashed>>();
  readonly #small = new Jobs();
  readonly #large = new Jobs();
  #isBusy = false;
  /** Milliseconds spent on hashing. */
  #spent = 0;
  #done = 0;
  #total = 0;
  #reported = 0;

  /** @param options How to hash. @default {{}} */
  constructor(options: HasherOptions = {}) {
    this.#options = options;
    const { cache } = options;
    this.#cache = cache === false ? undefined : cache ?? userCache();
  }

  /**
   * Starts to hash a file, unless that was started before.
   *
   * @param read The file, as it was at its first read.
   * @returns what is known of its content; the promise is never rejected.
   */
  hash(read: SeenRead): Promise<Hashed> {
    const known = this.#results.get(read.path);
    // A hash from before the program wrote to the file counts more than what was found since.
    if (known !== undefined && read.sha256 === undefined) return known;
    const result = this.hashNow(read);
    this.#results.set(read.path, result);
    return result;
  }

  /**
   * Starts to hash a file, also if an earlier state of it was hashed.
   *
   * @param read The file, as it is to be hashed.
   * @returns what is known of its content; the promise is never rejected.
   */
  hashNow(read: SeenRead): Promise<Hashed> {
    const { sha256, size } = read;
    if (sha256 !== undefined && size !== undefined) {
      return Promise.resolve({ sha256, bytes: size });
    }
    const stats = look(read.path);
    if (!("mtimeNs" in stats)) return Promise.resolve(stats);
    const fault = this.#faultOf(read, stats);
    if (fault !== undefined) return Promise.resolve(fault);
    return new Promise((resolve) => {
      this.#total += Number(stats.size);
      const queue = stats.size <= SMALL ? this.#small : this.#large;
      queue.push({ read, stats, resolve });
      void this.#work();
    });
  }

  /** Says why a file is not hashed. */
  #faultOf(read: SeenRead, stats: BigIntStats): Hashed | undefined {
    if (stats.isDirectory()) return { not: "folder" };
    if (!stats.isFile()) return { problem: `is a ${kindOf(stats)}` };
    if (isBesideAto(read.path)) return { not: "ato" };
    if (isChanged(read, stats)) return { problem: CHANGED };
    const { bytes = 2 ** 36 } = this.#options.limits ?? {};
    if (stats.size <= bytes) return undefined;
    return { problem: `is larger than ${inWords(bytes)}` };
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    // What comes in the same turn is sorted first.
    await nextTurn();
    let since = performance.now();
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      const from = performance.now();
      this.#report(job.read.path, 0);
      const result = await this.#hashJob(job);
      if (this.#small.length + this.#large.length === 0) {
        this.#cache?.flush?.();
      }
      job.resolve(result);
      const now = performance.now();
      this.#spent += now - from;
      if (now - since > TURN) {
        await nextTurn();
        since = performance.now();
      }
    }
    this.#isBusy = false;
    // The limit is there so that a run can end; what it hashes later gets time again.
    this.#spent = 0;
    const [done, total] = [this.#done, this.#total];
    this.#options.progress?.({ path: "", done, total, isOver: true });
    [this.#done, this.#total] = [0, 0];
  }

  #next(): Job | undefined {
    return this.#small.take() ?? this.#large.take();
  }

  async #hashJob({ read, stats }: Job): Promise<Hashed> {
    const state = stateOf(stats);
    const known = this.#cache?.get(state);
    if (known !== undefined) {
      this.#done += Number(state.size);
      return { sha256: known, bytes: Number(state.size) };
    }
    const stop = this.#reasonToStop(0);
    if (stop !== undefined) return { problem: stop };
    return await this.#hashFile(read, state);
  }

  async #hashFile(read: SeenRead, state: FileState): Promise<Hashed> {
    const path = systemPath(read.path)!;
    let file: number;
    try {
      // A pipe that took the file's place would block.
      file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    } catch (error) {
      return faultOfError(error);
    }
    try {
      if (!isSameState(state, stateOf(fstatSync(file, { bigint: true })))) {
        return { problem: CHANGED };
      }
      const result = await this.#hashOpen(file, read.path, Number(state.size));
      if (!("sha256" in result)) return result;
      const after = look(read.path);
      const isSame = "mtimeNs" in after && isSameState(state, stateOf(after));
      if (!isSame) return { problem: CHANGED };
      this.#cache?.set(state, result.sha256);
      return result;
    } catch (error) {
      return faultOfError(error);
    } finally {
      closeSync(file);
    }
  }

  async #hashOpen(
    file: number,
    path: string,
    size: number,
  ): Promise<Hashed> {
    const hash = createHash("sha256");
    let bytes = 0;
    let isAto = false;
    const take = (piece: Uint8Array): void => {
      if (bytes === 0) isAto = isAtoDatabase(piece);
      bytes += piece.length;
      hash.update(piece);
    };
    if (size <= PIECE) takeSmall(file, size, take);
    else {
      const problem = await this.#takeLarge(file, path, { hash: take, size });
      if (problem !== undefined) return { problem };
    }
    this.#done += size;
    if (isAto) return { not: "ato" };
    return bytes === size
      ? { sha256: hash.digest("hex"), bytes }
      : { problem: CHANGED };
  }

  /** Reads the next piece while one is hashed. */
  async #takeLarge(
    file: number,
    path: string,
    { hash, size }: {
      readonly hash: (piece: Uint8Array) => void;
      readonly size: number;
    },
  ): Promise<string | undefined> {
    const from = performance.now();
    let [piece, spare] = [Buffer.alloc(PIECE), Buffer.alloc(PIECE)];
    let count = await readPiece(file, piece);
    for (let done = 0; count > 0;) {
      done += count;
      // A file that grows without end would never be read to its end.
      if (done > size) return CHANGED;
      const stop = this.#reasonToStop(performance.now() - from);
      if (stop !== undefined) return stop;
      const next = readPiece(file, spare);
      hash(piece.subarray(0, count));
      count = await next;
      [piece, spare] = [spare, piece];
      this.#report(path, done);
    }
    return undefined;
  }

  #report(path: string, done: number): void {
    const { progress } = this.#options;
    const now = performance.now();
    if (progress === undefined || now - this.#reported < REPORT_EVERY) return;
    this.#reported = now;
    progress({ path, done: this.#done + done, total: this.#total });
  }

  #reasonToStop(spent: number): string | undefined {
    if (this.#options.signal?.aborted) return "was not hashed: it was stopped";
    const { milliseconds = 120_000 } = this.#options.limits ?? {};
    if (this.#spent + spent <= milliseconds) return undefined;
    return `was not hashed: the ${milliseconds / 1000} s for hashing were over`;
  }
}

const CHANGED = "changed after it was read";

function takeSmall(
  file: number,
  size: number,
  take: (piece: Uint8Array) => void,
): void {
  // One byte more, to notice that it grew.
  const buffer = Buffer.alloc(size + 1);
  let bytes = 0;
  while (bytes <= size) {
    const count = readSync(file, buffer, bytes, buffer.length - bytes, null);
    if (count === 0) break;
    bytes += count;
  }
  take(buffer.subarray(0, bytes));
}

function readPiece(file: number, into: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) =>
    readAsync(
      file,
      into,
      0,
      into.length,
      null,
      (error, count) => error === null ? resolve(count) : reject(error),
    )
  );
}

/** Looks at a path, links followed; says why that is not possible. */
export function look(
  path: string,
): BigIntStats | Extract<Hashed, { not: unknown } | { problem: unknown }> {
  if (!isGranted({ name: "read", path })) {
    return { problem: "is not permitted to be read; add --allow-read" };
  }
  const place = systemPath(path);
  if (place === undefined) {
    return { problem: "has a name that this runtime cannot open" };
  }
  try {
    return statSync(place, { bigint: true });
  } catch (error) {
    return faultOfError(error);
  }
}

function faultOfError(
  error: unknown,
): { not: "missing" } | { problem: string } {
  const { code } = error as { code?: unknown };
  if (code === "ENOENT" || code === "ENOTDIR") return { not: "missing" };
  if (code === "EACCES" || code === "EPERM") {
    return { problem: "cannot be read: there is no permission" };
  }
  return {
    problem: `cannot be read (${typeof code === "string" ? code : "an error"})`,
  };
}

function isChanged(read: SeenRead, stats: BigIntStats): boolean {
  const { size, mtime, at } = read;
  if (size !== undefined && BigInt(size) !== stats.size) return true;
  if (mtime !== undefined && !isSameTime(BigInt(mtime), stats.mtimeNs)) {
    return true;
  }
  return at !== undefined && mayHaveChangedSince(stateOf(stats), at);
}

function kindOf(stats: BigIntStats): string {
  if (stats.isFIFO()) return "pipe";
  if (stats.isSocket()) return "socket";
  return "device";
}

function inWords(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return gib >= 1 ? `${Math.round(gib * 10) / 10} GiB` : `${bytes} bytes`;
}

/** Whether a file starts as the databases of Ato do: SQLite's magic, and the application id `Ato1`. */
export function isAtoDatabase(start: Uint8Array): boolean {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.length);
  return bytes.length >= 72 &&
    bytes.toString("latin1", 0, 16) === "SQLite format 3\0" &&
    bytes.toString("latin1", 68, 72) === "Ato1";
}

/** Whether it is what SQLite keeps beside a database of Ato. */
function isBesideAto(path: string): boolean {
  const database = /^(.+)-(?:wal|shm|journal)$/.exec(path)?.[1];
  if (database === undefined) return false;
  if (!isGranted({ name: "read", path: database })) return false;
  const start = Buffer.alloc(72);
  let file: number | undefined;
  try {
    file = openSync(
      systemPath(database) ?? database,
      constants.O_RDONLY | (constants.O_NONBLOCK ?? 0),
    );
    readSync(file, start, 0, start.length, 0);
  } catch {
    // There is no such database.
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return isAtoDatabase(start);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/**
 * Hashes the files that a run read, in the background and within limits.
 *
 * @module
 */
import type { BigIntStats } from "node:fs";
import { setImmediate } from "node:timers";
import { isBesideAto } from "../internal/ato_database.ts";
import {
  isSameTime,
  mayHaveChangedSince,
  stateOf,
} from "../internal/file_state.ts";
import { CHANGED, hashAtOnce, type Hashed } from "../internal/hash_at_once.ts";
import { lookAt } from "../internal/look_at.ts";
import type { SeenRead } from "../internal/run_inputs.ts";
import { hashInPieces } from "./_hash_in_pieces.ts";
import { type Job, Jobs } from "./_jobs.ts";
import { type HashCache, userCache } from "./hash_cache.ts";
import type { HasherOptions } from "./hasher_options.ts";

/** Milliseconds of work after which other work of the thread gets its turn. */
const TURN = 8;
/** Files up to this size are hashed without a turn for other work, in bytes. */
const PIECE = 1 << 20;
/** Files up to this size are hashed first. */
const SMALL = 1 << 26;
/** Milliseconds between reports of the progress. */
const REPORT_EVERY = 250;

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
  #reported = -REPORT_EVERY;

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
    const stats = lookAt(read.path);
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
    const found = stats.size <= PIECE
      ? hashAtOnce(read.path, stats)
      : await this.#hashLarge(read.path, stats);
    if ("not" in found && found.not !== "ato") return found;
    if ("problem" in found) return found;
    this.#done += Number(state.size);
    if ("sha256" in found) this.#cache?.set(state, found.sha256);
    return found;
  }

  #hashLarge(path: string, stats: BigIntStats): Promise<Hashed> {
    const from = performance.now();
    return hashInPieces(path, stats, (done) => {
      this.#report(path, done);
      return this.#reasonToStop(performance.now() - from);
    });
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

/** Whether a file was changed after its first read, as far as its state tells. */
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

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

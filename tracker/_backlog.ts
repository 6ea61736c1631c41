/** What a run logs while its file is not writable. */
import { messageOf } from "../internal/errors.ts";
import { encodeValue } from "./_bucket.ts";
import type { Point } from "./_series_writer.ts";

/** Lines that are moved from memory to the spill file at once. */
const CHUNK = 1_000;
/** Milliseconds before a spill file that was not writable is tried again. */
const RETRY_AFTER = 1_000;

/** A line of the spill file: a point, or something else that a run logs. */
export type BacklogLine = Readonly<Record<string, unknown>>;

/** A spill file, as a backlog sees it. */
export interface BacklogFile {
  /** Its path. */
  readonly path: string;
  /** Whether nothing is in it. */
  readonly isEmpty: boolean;
  /** Whether another process took it away. */
  readonly isGone: boolean;
  /** Adds lines, all or none, durably; throws if it cannot. */
  append(lines: readonly string[]): void;
  /** Shows other processes that this one is alive. */
  touch(): void;
  /** Closes it. */
  close(): void;
}

/** What takes over the lines of a backlog. */
export interface BacklogTaker {
  /** Takes over a spill file, and removes it. */
  takeSpill(path: string): void;
  /** Takes over lines. */
  takeLines(lines: readonly BacklogLine[]): void;
}

/** Options for {@linkcode Backlog}. */
export interface BacklogOptions {
  /** The number of lines that fit in memory. */
  readonly capacity: number;
  /** Makes the spill file of the run's first outage, of the second, and so on. */
  readonly makeFile: (outage: number) => BacklogFile;
  /** Returns milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

interface Entry {
  readonly line: BacklogLine;
  /** The number of points in it. */
  readonly points: 0 | 1;
}

/** Returns the line of a point. */
export function pointLine(point: Point): BacklogLine {
  const { key, step, at } = point;
  const [value, kind] = encodeValue(point.value);
  return { key, step, at, value, ...(kind !== null && { kind }) };
}

function countPoints(entries: readonly Entry[]): number {
  return entries.reduce((sum, { points }) => sum + points, 0);
}

/**
 * What a run logs while its file is not writable: in a spill file beside the database, so that a killed
 * process does not lose it, and in memory while the spill file is not writable either. What is in memory
 * is newer than what is in the spill file.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  #outage = 1;
  #file: BacklogFile;
  #memory: Entry[] = [];
  /** When the spill file may be tried again, after it was not writable. */
  #retryAt = 0;
  /** Why the last write to the spill file failed. */
  #failure: unknown;
  #spilled = 0;
  #dropped = 0;
  /** The number of dropped points that the spill file records. */
  #told = 0;
  /** Why the spill file could not store the points that were lost. */
  #lossCause: unknown;
  /** Whether points were lost because memory was full, not because the run ended. */
  #hasOverflowed = false;

  /** @param options The spill files, the size of memory, and the clock. */
  constructor(options: BacklogOptions) {
    this.#options = options;
    this.#file = options.makeFile(this.#outage);
  }

  /** The number of points that were written to the spill file. */
  get spilled(): number {
    return this.#spilled;
  }

  /** The number of points that were lost. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Why points were lost, as the end of a sentence. */
  get loss(): string {
    if (isFull(this.#lossCause)) {
      return this.#hasOverflowed
        ? "the buffer and the spill file are full"
        : "the spill file is full";
    }
    const buffer = this.#hasOverflowed ? "the buffer is full, and " : "";
    const cause = messageOf(this.#lossCause);
    return `${buffer}the spill file is not writable (${cause})`;
  }

  /** Whether the last write to the spill file succeeded. */
  get isSpillWritable(): boolean {
    return this.#failure === undefined;
  }

  /** Adds points, all or none. */
  addPoints(points: readonly Point[]): void {
    this.#add(points.map((point) => ({ line: pointLine(point), points: 1 })));
  }

  /** Adds something other than a point. */
  addLine(line: BacklogLine): void {
    this.#add([{ line, points: 0 }]);
  }

  /** Makes the spill file before there is a line, so that a run without points is found, too. */
  open(): void {
    this.#write([]);
  }

  /** Shows other processes that the one that writes the spill file is alive. */
  touch(): void {
    this.#file.touch();
  }

  /**
   * Hands everything over, oldest first, and forgets each part as soon as it was taken.
   *
   * @param taker What takes it; if it throws, the rest stays.
   */
  drain(taker: BacklogTaker): void {
    if (!this.#file.isEmpty) {
      if (!this.#file.isGone) taker.takeSpill(this.#file.path);
      this.#nextFile();
    }
    if (this.#memory.length === 0) return;
    taker.takeLines(this.#memory.map(({ line }) => line));
    this.#memory = [];
  }

  /** Moves everything to the spill file, because the process may end; what does not fit is lost. */
  spillAll(): void {
    this.#retryAt = 0;
    if (this.#flush()) return;
    this.#noteLoss(countPoints(this.#memory));
    this.#memory = [];
  }

  /** Closes the spill file; it stays where it is. */
  close(): void {
    this.#file.close();
  }

  #add(entries: readonly Entry[]): void {
    if (this.#flush() && this.#write(entries)) return;
    this.#memory.push(...entries);
    const excess = this.#memory.length - this.#options.capacity;
    if (excess > 0) this.#drop(excess);
  }

  /** Drops the oldest points: the newest points say more about the cause of the outage. */
  #drop(excess: number): void {
    const most = Math.max(excess, Math.floor(this.#options.capacity / 10));
    let left = most;
    this.#memory = this.#memory.filter(({ points }) => {
      if (points === 0 || left === 0) return true;
      left--;
      return false;
    });
    this.#hasOverflowed = true;
    this.#noteLoss(most - left);
  }

  #noteLoss(count: number): void {
    if (count === 0) return;
    this.#dropped += count;
    this.#lossCause = this.#failure;
  }

  /** Moves memory to the spill file, and returns whether nothing is left in memory. */
  #flush(): boolean {
    if (this.#memory.length === 0 && this.isSpillWritable) return true;
    if (this.#options.clock() < this.#retryAt) return false;
    while (this.#memory.length > 0) {
      if (!this.#write(this.#memory.slice(0, CHUNK))) return false;
      this.#memory.splice(0, CHUNK);
    }
    this.#failure = undefined;
    return this.#dropped === this.#told || this.#write([]);
  }

  #write(entries: readonly Entry[]): boolean {
    const dropped = this.#dropped;
    const told: BacklogLine[] = dropped === this.#told ? [] : [{ dropped }];
    const lines = [...told, ...entries.map(({ line }) => line)];
    if (lines.length === 0 && !this.#file.isEmpty) return true;
    try {
      if (this.#file.isGone) this.#nextFile();
      this.#file.append(lines.map((line) => JSON.stringify(line)));
    } catch (error) {
      // Usually the cause is the same: a full disk or a missing permission.
      this.#failure = error;
      this.#retryAt = this.#options.clock() + RETRY_AFTER;
      return false;
    }
    this.#failure = undefined;
    this.#told = dropped;
    this.#spilled += countPoints(entries);
    return true;
  }

  #nextFile(): void {
    this.#file.close();
    this.#outage++;
    this.#file = this.#options.makeFile(this.#outage);
  }
}

const FULL = ["ENOSPC", "EDQUOT", "EFBIG"];

/** Whether a spill file was not written because it, its disk or its quota is full. */
function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, message } = error as Error & { code?: string };
  // Deno gives no code for EFBIG.
  return error instanceof RangeError || FULL.includes(code ?? "") ||
    /\bfile too large\b/i.test(message);
}

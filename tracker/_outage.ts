/** Where what a run logs waits while the database cannot be written. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { encodeValue } from "./_bucket.ts";
import { isGranted } from "../internal/runtime.ts";
import type { Point } from "./_series_writer.ts";
import { SpillFile } from "./_spill_file.ts";

/** Lines that leave memory for the spill file at once. */
const CHUNK = 1_000;
/** Milliseconds before a spill file that could not be written is tried again. */
const RETRY_AFTER = 1_000;

/** Something that waits: a point, or what else a run recorded. */
export type WaitingLine = Readonly<Record<string, unknown>>;

interface Waiting {
  readonly line: WaitingLine;
  /** How many points it stands for. */
  readonly points: 0 | 1;
}

/** How a run waits. */
export interface WaitingRoomOptions {
  /** How many lines memory holds, where the spill file cannot be written either. */
  readonly capacity: number;
  /** The first line of a spill file. */
  readonly header: () => string;
  /** Whether what waits must survive a power cut. */
  readonly sync: boolean;
  /** Names the spill file: of the first outage of the run, the second, and so on. */
  readonly path: (outage: number) => string;
}

/** The line of a point. */
export function pointLine(point: Point): WaitingLine {
  const { key, step, at } = point;
  const [value, kind] = encodeValue(point.value);
  return { key, step, at, value, ...(kind !== null && { kind }) };
}

/**
 * Where points wait: in a JSON lines file beside the database, so that a killed process does not lose
 * them; in memory where that cannot be written either. What is in memory is newer than what is in the file.
 */
export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  #outage = 1;
  #file: SpillFile;
  #memory: Waiting[] = [];
  #retryAt = 0;
  #noted = 0;
  #reason: unknown;
  /** Points that went through the spill file. */
  spilled = 0;
  /** Points that found no place. */
  dropped = 0;

  /** @param options How to wait. */
  constructor(options: WaitingRoomOptions) {
    this.#options = options;
    this.#file = this.#nextFile();
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#memory.length === 0 && this.#file.isEmpty;
  }

  /** Why the spill file could not be written, where it could not. */
  get reason(): unknown {
    return this.#reason;
  }

  /** Takes points in, all or none. */
  addPoints(points: readonly Point[]): void {
    this.#add(points.map((point) => ({ line: pointLine(point), points: 1 })));
  }

  /** Takes something else in. */
  note(line: WaitingLine): void {
    this.#add([{ line, points: 0 }]);
  }

  /** Begins the spill file before anything waits: also a run without points is to be found. */
  open(): void {
    this.#write([]);
  }

  /** Shows others that the process that writes the spill file is alive. */
  touch(): void {
    this.#file.touch();
  }

  /**
   * Gives all that waits to whoever can write it, and forgets it piece by piece.
   *
   * @param takers What takes up a spill file and removes it, and what takes lines.
   */
  settle(
    takers: {
      readonly file: (path: string) => void;
      readonly lines: (lines: readonly WaitingLine[]) => void;
    },
  ): void {
    if (!this.#file.isEmpty) {
      if (!this.#file.isGone) takers.file(this.#file.path);
      this.#startAnew();
    }
    if (this.#memory.length === 0) return;
    takers.lines(this.#memory.map(({ line }) => line));
    this.#memory = [];
  }

  /** Moves everything to the spill file, for the end of a process; what does not fit is dropped. */
  spillAll(): void {
    this.#retryAt = 0;
    if (this.#flush()) return;
    this.dropped += countPoints(this.#memory);
    this.#memory = [];
  }

  /** Lets the spill file be. */
  close(): void {
    this.#file.close();
  }

  #add(waiting: readonly Waiting[]): void {
    if (this.#flush() && this.#write(waiting)) return;
    this.#memory.push(...waiting);
    const excess = this.#memory.length - this.#options.capacity;
    if (excess > 0) this.#drop(excess);
  }

  /** Drops points: the oldest go, for what happens now matters more to whoever looks for the cause. */
  #drop(excess: number): void {
    let left = Math.max(excess, Math.floor(this.#options.capacity / 10));
    this.#memory = this.#memory.filter(({ points }) => {
      if (points === 0 || left === 0) return true;
      left--;
      this.dropped++;
      return false;
    });
  }

  /** Moves memory to the spill file. Gives whether nothing is left in memory. */
  #flush(): boolean {
    if (this.#memory.length === 0 && this.#reason === undefined) return true;
    if (performance.now() < this.#retryAt) return false;
    this.#reason = undefined;
    while (this.#memory.length > 0) {
      if (!this.#write(this.#memory.slice(0, CHUNK))) return false;
      this.#memory.splice(0, CHUNK);
    }
    return this.dropped === this.#noted || this.#write([]);
  }

  #write(waiting: readonly Waiting[]): boolean {
    const { dropped } = this;
    const noted: WaitingLine[] = dropped === this.#noted ? [] : [{ dropped }];
    const lines = [...noted, ...waiting.map(({ line }) => line)];
    if (lines.length === 0 && !this.#file.isEmpty) return true;
    try {
      if (this.#file.isGone) this.#startAnew();
      this.#file.append(lines.map((line) => JSON.stringify(line)));
    } catch (error) {
      // The same disk, or the same missing permission: memory has to do for a while.
      this.#reason = error;
      this.#retryAt = performance.now() + RETRY_AFTER;
      return false;
    }
    this.#noted = dropped;
    this.spilled += countPoints(waiting);
    return true;
  }

  #startAnew(): void {
    this.#file.close();
    this.#outage++;
    this.#file = this.#nextFile();
  }

  #nextFile(): SpillFile {
    const { header, sync, path } = this.#options;
    return new SpillFile(path(this.#outage), { header, sync });
  }
}

function countPoints(waiting: readonly Waiting[]): number {
  return waiting.reduce((sum, { points }) => sum + points, 0);
}

/** A spill file as it was read. */
export interface Spill {
  readonly path: string;
  readonly header: Record<string, unknown>;
  readonly lines: readonly WaitingLine[];
  /** Lines that are none: the disk or the machine failed within them. */
  readonly torn: number;
}

/** The name of a run's spill file. */
export function spillPath(
  dbPath: string,
  uuid: string,
  outage: number = 1,
): string {
  return `${dbPath}.${uuid}${outage === 1 ? "" : `.${outage}`}.spill.jsonl`;
}

/** The spill files beside a database. */
export function findSpills(dbPath: string): string[] {
  const folder = dirname(resolve(dbPath));
  const name = basename(dbPath);
  if (!isGranted({ name: "read", path: folder }) || !existsSync(folder)) {
    return [];
  }
  return readdirSync(folder)
    .filter((file) =>
      file.startsWith(`${name}.`) && file.endsWith(".spill.jsonl")
    )
    .sort()
    .map((file) => join(folder, file));
}

/** How long nobody has written to a file, in milliseconds. */
export function idleTime(path: string): number {
  return Date.now() - statSync(path).mtimeMs;
}

function parseLine(text: string): Record<string, unknown> | undefined {
  try {
    const line: unknown = JSON.parse(text);
    const isObject = typeof line === "object" && line !== null &&
      !Array.isArray(line);
    return isObject ? line as Record<string, unknown> : undefined;
  } catch {
    // Half a line: the machine ended within it.
    return undefined;
  }
}

/**
 * Reads a spill file. A last line that was cut off is left out: whoever logged it was never told that it
 * was. Such lines before it are counted.
 *
 * @throws {TypeError} if it is not a spill file.
 */
export function readSpill(path: string): Spill {
  const texts = readFileSync(path, "utf8").split("\n");
  texts.pop();
  const [header, ...rest] = texts.map(parseLine);
  if (header?.["ato"] !== "spill") {
    throw new TypeError("its first line is not that of a spill file");
  }
  if (header["version"] !== 1) {
    throw new TypeError(
      `it has version ${header["version"]}, and this Ato knows version 1`,
    );
  }
  const lines = rest.filter((line) => line !== undefined);
  return { path, header, lines, torn: rest.length - lines.length };
}

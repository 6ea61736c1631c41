/** Where points wait while the file cannot be written. */
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { encodeValue } from "./_bucket.ts";
import { isGranted } from "../runtime/permissions.ts";
import type { Point } from "./_series_writer.ts";

/** Bytes of spill files that one run may write. */
const SPILL_CAP = 256 * 1024 * 1024;
/** Points that leave the buffer for the spill file at once. */
const SPILL_CHUNK = 1_000;

/** Points that wait: first in memory, then in a JSON lines file beside the database. */
export class WaitingRoom {
  readonly path: string;
  readonly #capacity: number;
  readonly #header: () => string;
  #points: Point[] = [];
  #spillBytes = 0;
  #spillWorks = true;
  /** Points in the spill file. */
  spilled = 0;
  /** Points that found no place. */
  dropped = 0;

  /**
   * @param path The spill file.
   * @param options How many points memory holds, and the spill file's first line.
   */
  constructor(
    path: string,
    options: { capacity: number; header: () => string },
  ) {
    this.path = path;
    this.#capacity = options.capacity;
    this.#header = options.header;
  }

  /** How many points wait in memory. */
  get size(): number {
    return this.#points.length;
  }

  /** Takes a point in. */
  add(point: Point): void {
    if (this.#points.length >= this.#capacity) this.#makeRoom();
    this.#points.push(point);
  }

  /** Gives all points in memory, and forgets them. */
  take(): Point[] {
    const points = this.#points;
    this.#points = [];
    return points;
  }

  /** Moves all points from memory to the spill file; for the end of a process. */
  spillAll(): void {
    while (this.#points.length > 0 && this.#spill(SPILL_CHUNK));
    this.dropped += this.#points.length;
    this.#points = [];
  }

  /** Adds a line that is no point, where the spill file can be written. */
  note(line: Record<string, unknown>): void {
    this.#append(`${JSON.stringify(line)}\n`);
  }

  #makeRoom(): void {
    if (
      this.#spillWorks && this.#spill(Math.min(SPILL_CHUNK, this.#capacity))
    ) return;
    // The oldest go: what happens now matters more to whoever looks for the cause.
    const drop = Math.max(1, Math.floor(this.#capacity / 10));
    this.dropped += this.#points.splice(0, drop).length;
  }

  #spill(count: number): boolean {
    const lines = this.#points.slice(0, count).map((point) => {
      const [value, kind] = encodeValue(point.value);
      const { key, step, at } = point;
      return JSON.stringify({
        key,
        step,
        at,
        value,
        ...(kind !== null && { kind }),
      });
    });
    if (!this.#append(`${lines.join("\n")}\n`)) return false;
    this.spilled += lines.length;
    this.#points.splice(0, count);
    return true;
  }

  #append(text: string): boolean {
    const whole = this.#spillBytes === 0 ? `${this.#header()}\n${text}` : text;
    if (this.#spillBytes + whole.length > SPILL_CAP) return false;
    try {
      appendFileSync(this.path, whole);
      this.#spillBytes += whole.length;
      return true;
    } catch {
      // The same disk, or the same missing permission: points are counted as dropped instead.
      this.#spillWorks = false;
      return false;
    }
  }
}

/** A spill file's lines. */
export interface Spill {
  readonly path: string;
  readonly header: Record<string, unknown>;
  readonly lines: readonly Record<string, unknown>[];
}

/** The name of a run's spill file. */
export function spillPath(dbPath: string, uuid: string): string {
  return `${dbPath}.${uuid}.spill.jsonl`;
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
    .map((file) => join(folder, file));
}

/** How long nobody has written to a file, in milliseconds. */
export function idleTime(path: string): number {
  return Date.now() - statSync(path).mtimeMs;
}

/** Reads a spill file; a last line that was cut off by a crash is left out. */
export function readSpill(path: string): Spill | undefined {
  const lines: Record<string, unknown>[] = [];
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (line === "") continue;
    try {
      lines.push(JSON.parse(line));
    } catch {
      // Half a line: the process or the disk ended within it.
      break;
    }
  }
  const [header, ...rest] = lines;
  if (header === undefined || header["ato"] !== "spill") return undefined;
  return { path, header, lines: rest };
}

/** Removes a spill file that has been taken up. */
export function removeSpill(path: string): void {
  unlinkSync(path);
}

import { crc32 } from "node:zlib";
import { closeSync, openSync, readSync } from "node:fs";
import { BLOCK, CHUNK, CHUNK_HEAD, LOG_HEAD } from "./_log_writer.ts";

/** The largest record that is read, in bytes. */
const LARGEST = 64 * 1024 * 1024;

/** What of a log could not be read. */
export interface LogDamage {
  /** Places where bytes are not what was written. */
  damaged: number;
  /** Whether the last record is cut off: the program was killed, or still writes. */
  isCut: boolean;
}

/**
 * Tells whether a file starts as W&B's logs do.
 *
 * @param path The file.
 *
 * @example
 * ```ts
 * import { isWandbLog } from "@ato/ato/sync";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isWandbLog("deno.json"), false);
 * ```
 */
export function isWandbLog(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const head = new Uint8Array(LOG_HEAD.length);
    return fill(file, head) === head.length &&
      LOG_HEAD.every((byte, i) => head[i] === byte);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads the records of a log, one block at a time. After a damaged place it goes on at the next block, as LevelDB
 * does.
 *
 * @param path The file.
 * @param damage Counts what could not be read.
 * @returns the records; each is valid until the next one.
 */
export function* logRecords(
  path: string,
  damage: LogDamage = { damaged: 0, isCut: false },
): Iterable<Uint8Array> {
  const file = openSync(path, "r");
  try {
    const block = new Uint8Array(BLOCK);
    const record = new Joiner(damage);
    let from = LOG_HEAD.length;
    for (;;) {
      const length = fill(file, block);
      for (const chunk of chunksOf(block.subarray(0, length), from, damage)) {
        const whole = record.add(chunk);
        if (whole !== undefined) yield whole;
      }
      from = 0;
      if (length < BLOCK) break;
    }
    record.end();
  } finally {
    closeSync(file);
  }
}

/** A part of a record; without a type, it is where a damaged place is. */
interface Chunk {
  readonly type: number | undefined;
  readonly bytes: Uint8Array;
}

const GAP: Chunk = { type: undefined, bytes: new Uint8Array() };

function* chunksOf(
  block: Uint8Array,
  from: number,
  damage: LogDamage,
): Iterable<Chunk> {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  let at = from;
  while (at + CHUNK_HEAD <= block.length) {
    const [crc, length, type] = [
      view.getUint32(at, true),
      view.getUint16(at + 4, true),
      block[at + 6]!,
    ];
    // The rest of a block of a file that was given its size beforehand.
    if (crc === 0 && length === 0 && type === 0) return;
    const end = at + CHUNK_HEAD + length;
    if (end > block.length && block.length < BLOCK) {
      damage.isCut = true;
      return;
    }
    if (end > block.length || crc32(block.subarray(at + 6, end)) !== crc) {
      damage.damaged++;
      return yield GAP;
    }
    yield { type, bytes: block.subarray(at + CHUNK_HEAD, end) };
    at = end;
  }
  if (block.length < BLOCK && at < block.length) damage.isCut = true;
}

/** Joins the chunks of a record. */
class Joiner {
  readonly #damage: LogDamage;
  #parts: Uint8Array[] = [];
  #size = 0;
  /** Whether a record has begun, and none of it is missing. */
  #isOpen = false;

  constructor(damage: LogDamage) {
    this.#damage = damage;
  }

  add({ type, bytes }: Chunk): Uint8Array | undefined {
    if (type === CHUNK.full || type === CHUNK.first) {
      if (this.#isOpen) this.#damage.damaged++;
      this.#clear();
      if (type === CHUNK.full) return bytes;
      this.#isOpen = true;
    }
    if (type === undefined) this.#clear();
    if (!this.#isOpen) return undefined;
    if (this.#size + bytes.length > LARGEST) {
      this.#damage.damaged++;
      this.#clear();
      return undefined;
    }
    // The block is used again for the next one.
    this.#parts.push(bytes.slice());
    this.#size += bytes.length;
    if (type !== CHUNK.last) return undefined;
    const record = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      record.set(part, at);
      at += part.length;
    }
    this.#clear();
    return record;
  }

  /** A record without an end is cut off. */
  end(): void {
    if (this.#isOpen) this.#damage.isCut = true;
  }

  #clear(): void {
    this.#parts = [];
    this.#size = 0;
    this.#isOpen = false;
  }
}

function fill(file: number, buffer: Uint8Array): number {
  let at = 0;
  while (at < buffer.length) {
    const read = readSync(file, buffer, at, buffer.length - at, null);
    if (read === 0) break;
    at += read;
  }
  return at;
}

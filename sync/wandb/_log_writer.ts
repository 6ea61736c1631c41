import { crc32 } from "node:zlib";

/** The size of a block: no chunk crosses the end of one. */
export const BLOCK: number = 32 * 1024;

/** The bytes before each chunk: checksum, length, type. */
export const CHUNK_HEAD = 7;

/** What a log of W&B starts with: a mark, a magic number and the version. It counts as part of the first block. */
export const LOG_HEAD: Uint8Array = Uint8Array.of(
  ...new TextEncoder().encode(":W&B"),
  ...[0xe1, 0xbe, 0],
);

/** The types of chunks. */
export const CHUNK = { full: 1, first: 2, middle: 3, last: 4 } as const;

/**
 * Writes records as W&B's transaction log: LevelDB's log format
 * (github.com/google/leveldb/blob/main/doc/log_format.md) with a head of its own and with CRC-32 (IEEE 802.3)
 * in place of the masked CRC-32C.
 */
export class LogWriter {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #block = new Uint8Array(BLOCK);
  readonly #view = new DataView(this.#block.buffer);
  /** The bytes of the block that are used. */
  #at = 0;

  /** Starts a log; `write` must be done with the bytes when it returns. */
  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
    this.#block.set(LOG_HEAD);
    this.#at = LOG_HEAD.length;
  }

  /** Appends a record. */
  add(record: Uint8Array): void {
    let [from, isFirst] = [0, true];
    do {
      if (BLOCK - this.#at < CHUNK_HEAD) this.#endBlock();
      const room = BLOCK - this.#at - CHUNK_HEAD;
      const to = Math.min(record.length, from + room);
      this.#chunk(record.subarray(from, to), {
        isFirst,
        isLast: to === record.length,
      });
      // With room for a head alone, the first chunk is empty.
      [from, isFirst] = [to, false];
    } while (from < record.length);
  }

  /** Writes what is left. */
  end(): void {
    this.#write(this.#block.subarray(0, this.#at));
    this.#at = 0;
  }

  #chunk(
    part: Uint8Array,
    { isFirst, isLast }: { isFirst: boolean; isLast: boolean },
  ): void {
    const type = isFirst
      ? isLast ? CHUNK.full : CHUNK.first
      : isLast
      ? CHUNK.last
      : CHUNK.middle;
    const at = this.#at;
    const end = at + CHUNK_HEAD + part.length;
    this.#block[at + 6] = type;
    this.#block.set(part, at + CHUNK_HEAD);
    this.#view.setUint32(at, crc32(this.#block.subarray(at + 6, end)), true);
    this.#view.setUint16(at + 4, part.length, true);
    this.#at = end;
  }

  /** Fills the block with zeros, because the head of a chunk does not fit into it any more. */
  #endBlock(): void {
    this.#block.fill(0, this.#at);
    this.#write(this.#block);
    this.#at = 0;
  }
}

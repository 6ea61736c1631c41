import { Sha256Stream } from "./digest.ts";

const BUFFER_BYTES = 64 * 1024;
// Node takes less than 2 GiB at a time.
const MOST_AT_ONCE = 2 ** 30;
const utf8 = new TextEncoder();

/**
 * Writes numbers, strings and bytes into a SHA-256 stream. Small pieces are gathered in a buffer of
 * 64 KiB; large ones go in directly.
 */
export class ByteStream {
  readonly #hash = new Sha256Stream();
  #buffer = new Uint8Array(512);
  #view = new DataView(this.#buffer.buffer);
  #used = 0;
  readonly #kept: Uint8Array[] | undefined;

  /**
   * Opens a stream.
   *
   * @param keep Whether it keeps what is written, so that it can be copied to another stream.
   */
  constructor(keep: boolean = false) {
    this.#kept = keep ? [] : undefined;
  }

  /** Adds one byte. */
  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#used++] = value;
  }

  /** Adds an unsigned 32-bit number, little-endian. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#used, value, true);
    this.#used += 4;
  }

  /** Adds a 64-bit float, little-endian. */
  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#used, value, true);
    this.#used += 8;
  }

  /** Adds bytes. */
  bytes(bytes: Uint8Array): void {
    if (bytes.length > BUFFER_BYTES / 2) {
      this.#flush();
      for (let at = 0; at < bytes.length; at += MOST_AT_ONCE) {
        this.#update(bytes.subarray(at, at + MOST_AT_ONCE));
      }
      return;
    }
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Adds a well-formed text as UTF-8, its length in bytes before it. */
  text(value: string): void {
    // Three bytes a UTF-16 unit are the most that UTF-8 takes.
    const most = value.length * 3 + 4;
    if (most > BUFFER_BYTES / 2) {
      const encoded = utf8.encode(value);
      this.uint32(encoded.length);
      return this.bytes(encoded);
    }
    this.#reserve(most);
    const { written } = utf8.encodeInto(
      value,
      this.#buffer.subarray(this.#used + 4),
    );
    this.uint32(written);
    this.#used += written;
  }

  /** Adds all that another stream has kept. It must have ended. */
  copy(from: ByteStream): void {
    for (const bytes of from.#kept ?? []) this.bytes(bytes);
  }

  /** Ends the stream and gives the SHA-256 in hex. */
  hex(): string {
    this.#flush();
    return this.#hash.hex();
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#buffer.length) return;
    this.#flush();
    // Small values, the usual case, never need the whole of it.
    if (this.#buffer.length < BUFFER_BYTES) {
      this.#buffer = new Uint8Array(BUFFER_BYTES);
      this.#view = new DataView(this.#buffer.buffer);
    }
  }

  #flush(): void {
    if (this.#used > 0) this.#update(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#kept?.push(bytes.slice());
  }
}

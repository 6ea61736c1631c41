/** The JSON lines file beside the database that takes points while the database is not writable. */
import { Buffer } from "node:buffer";
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  unlinkSync,
  writeSync,
} from "node:fs";

/** The largest size of a spill file, in bytes. */
const SPILL_CAP = 256 * 1024 * 1024;

/** Options for {@linkcode SpillFile}. */
export interface SpillFileOptions {
  /** Returns the first line of the file. */
  readonly header: () => string;
  /** Whether each line must survive a power cut. */
  readonly sync: boolean;
}

/** A spill file of this process. It has only whole lines, even if the disk becomes full. */
export class SpillFile {
  readonly path: string;
  readonly #options: SpillFileOptions;
  #file: number | undefined;
  #size = 0;
  #torn = false;

  /**
   * @param path The file, which must not exist.
   * @param options Its first line, and whether it must survive a power cut.
   */
  constructor(path: string, options: SpillFileOptions) {
    this.path = path;
    this.#options = options;
  }

  /** Whether nothing is in it. */
  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Whether another process took it over and removed it, because it assumed that this process had ended. */
  get isGone(): boolean {
    return this.#file !== undefined && fstatSync(this.#file).nlink === 0;
  }

  /**
   * Adds lines, all or none. When this returns, killing the process cannot lose them.
   *
   * @throws {RangeError} If it would become too large.
   * @throws {Error} If the file system refuses.
   */
  append(lines: readonly string[]): void {
    // Only its owner may read it, as with the database.
    const file = this.#file ??= openSync(this.path, "wx", 0o600);
    const all = this.isEmpty ? [this.#options.header(), ...lines] : lines;
    const bytes = Buffer.from(`${all.join("\n")}\n`);
    if (this.#size + bytes.length > SPILL_CAP) {
      throw new RangeError(`a spill file must not exceed ${SPILL_CAP} bytes`);
    }
    if (this.#torn) this.#cut(file);
    this.#torn = true;
    try {
      this.#write(file, bytes);
    } catch (error) {
      this.#cut(file);
      if (this.isEmpty) this.close();
      throw error;
    }
    this.#torn = false;
    this.#size += bytes.length;
  }

  #write(file: number, bytes: Uint8Array): void {
    const { length } = bytes;
    for (let at = 0; at < length;) {
      at += writeSync(file, bytes, at, length - at, this.#size + at);
    }
    if (this.#options.sync) fdatasyncSync(file);
  }

  /** Removes what a failed write has left. */
  #cut(file: number): void {
    ftruncateSync(file, this.#size);
    this.#torn = false;
  }

  /** Shows other processes that this one is alive. */
  touch(): void {
    if (this.#file === undefined) return;
    const now = Date.now() / 1000;
    futimesSync(this.#file, now, now);
  }

  /** Closes it; an empty file is removed. */
  close(): void {
    if (this.#file === undefined) return;
    const leftover = this.isEmpty && !this.isGone;
    closeSync(this.#file);
    this.#file = undefined;
    if (leftover) unlinkSync(this.path);
  }
}

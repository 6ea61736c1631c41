/** The JSON lines file beside the database in which a run's points wait. */
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

/** Bytes of spill files that one run may write. */
const SPILL_CAP = 256 * 1024 * 1024;

/** How to write a spill file. */
export interface SpillFileOptions {
  /** The file's first line. */
  readonly header: () => string;
  /** Whether each line must survive a power cut. */
  readonly sync: boolean;
}

/** A spill file of this process. It holds whole lines only, also where the disk becomes full. */
export class SpillFile {
  readonly path: string;
  readonly #options: SpillFileOptions;
  #file: number | undefined;
  #size = 0;
  #torn = false;

  /**
   * @param path The file; it must not be there yet.
   * @param options How to write it.
   */
  constructor(path: string, options: SpillFileOptions) {
    this.path = path;
    this.#options = options;
  }

  /** Whether anything is in it. */
  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Whether somebody else took it away: a process that believed this one dead. */
  get isGone(): boolean {
    return this.#file !== undefined && fstatSync(this.#file).nlink === 0;
  }

  /**
   * Adds lines, all or none. When this returns, killing the process cannot lose them.
   *
   * @throws whatever the file system says.
   */
  append(lines: readonly string[]): void {
    // Only its owner may read it, as with the database.
    this.#file ??= openSync(this.path, "wx", 0o600);
    const all = this.isEmpty ? [this.#options.header(), ...lines] : lines;
    const bytes = Buffer.from(`${all.join("\n")}\n`);
    if (this.#size + bytes.length > SPILL_CAP) {
      throw new RangeError(`a spill file may have ${SPILL_CAP} bytes`);
    }
    if (this.#torn) this.#mend();
    this.#torn = true;
    try {
      for (let at = 0; at < bytes.length;) {
        at += writeSync(
          this.#file,
          bytes,
          at,
          bytes.length - at,
          this.#size + at,
        );
      }
      if (this.#options.sync) fdatasyncSync(this.#file);
    } catch (error) {
      this.#mend();
      if (this.isEmpty) this.close();
      throw error;
    }
    this.#torn = false;
    this.#size += bytes.length;
  }

  /** Takes back what a write left behind that did not come to its end. */
  #mend(): void {
    ftruncateSync(this.#file!, this.#size);
    this.#torn = false;
  }

  /** Shows others that its process is alive. */
  touch(): void {
    if (this.#file === undefined) return;
    const now = Date.now() / 1000;
    futimesSync(this.#file, now, now);
  }

  /** Closes it; one without a line is removed. */
  close(): void {
    if (this.#file === undefined) return;
    const leftover = this.isEmpty && !this.isGone;
    closeSync(this.#file);
    this.#file = undefined;
    if (leftover) unlinkSync(this.path);
  }
}

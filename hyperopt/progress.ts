import { checkSettings } from "./_settings.ts";
import { describe } from "./_describe.ts";
import process from "node:process";

/** A stream that a progress display is written to. */
export interface ProgressStream {
  /** Whether it is a terminal. */
  readonly isTTY?: boolean;
  /** The number of columns, if it is a terminal. */
  readonly columns?: number;
  /** Writes a string. */
  write(text: string): unknown;
}

/** Options for {@linkcode Progress}. */
export interface ProgressOptions {
  /** The number of steps. */
  readonly total: number;
  /**
   * The stream to write to.
   *
   * @default {standard error}
   */
  readonly stream?: ProgressStream;
  /**
   * Returns the time in milliseconds.
   *
   * @default {performance.now}
   */
  readonly now?: () => number;
}

const BAR = 24;
/** The least number of milliseconds between two drawings of the bar. */
const REDRAW = 100;

/**
 * Shows the progress of long work: a bar on a terminal, and a plain line at each tenth if the output is
 * piped.
 *
 * @example
 * ```ts
 * import { Progress } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const progress = new Progress({
 *   total: 20,
 *   stream: { write: (text) => lines.push(text) },
 *   now: () => 0,
 * });
 * for (let trial = 0; trial < 20; trial++) progress.advance(`best ${trial}`);
 * progress.finish();
 * assertEquals(lines.length, 10);
 * assertEquals(lines.at(-1), "20 of 20, 0 s, best 19\n");
 * ```
 */
export class Progress {
  readonly #total: number;
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  readonly #begun: number;
  #done = 0;
  #note = "";
  #tenth = 0;
  #drawn = -Infinity;

  /**
   * Starts at 0.
   *
   * @param options The number of steps, and the stream to write to.
   * @throws {RangeError} If `total` is not a whole number from 1 up.
   * @throws {SearchUsageError} If an option is unknown.
   */
  constructor(options: ProgressOptions) {
    checkSettings<ProgressOptions>("show progress", options ?? null, {
      total: true,
      stream: true,
      now: true,
    });
    const { total, stream = process.stderr, now } = options;
    if (!Number.isInteger(total) || total < 1) {
      throw new RangeError(
        `Cannot show the progress of ${
          describe(total)
        } steps: total is a whole number from 1 up`,
      );
    }
    this.#total = total;
    this.#stream = stream;
    this.#now = now ?? (() => performance.now());
    this.#begun = this.#now();
  }

  /**
   * Counts one more step as done.
   *
   * @param note A note to show after the numbers, e.g. the best metric so far.
   */
  advance(note: string = this.#note): void {
    this.#done++;
    this.#note = note.replace(/\p{Cc}/gu, " ");
    if (this.#stream.isTTY) this.#draw();
    else this.#tell();
  }

  /** Ends the line of the bar. */
  finish(): void {
    if (!this.#stream.isTTY) return;
    this.#drawn = -Infinity;
    this.#draw();
    this.#stream.write("\n");
  }

  #tell(): void {
    const tenth = Math.floor(10 * this.#done / this.#total);
    if (tenth === this.#tenth) return;
    this.#tenth = tenth;
    this.#stream.write(`${this.#figures()}\n`);
  }

  #draw(): void {
    const now = this.#now();
    if (now - this.#drawn < REDRAW && this.#done < this.#total) return;
    this.#drawn = now;
    const share = Math.min(1, this.#done / this.#total);
    const full = Math.round(BAR * share);
    const bar = "█".repeat(full) + "░".repeat(BAR - full);
    const line = `${bar} ${this.#figures()}`;
    const width = (this.#stream.columns ?? 80) - 1;
    this.#stream.write(`\r\u001b[2K${line.slice(0, width)}`);
  }

  #figures(): string {
    const seconds = Math.round((this.#now() - this.#begun) / 1000);
    const note = this.#note === "" ? "" : `, ${this.#note}`;
    return `${this.#done} of ${this.#total}, ${seconds} s${note}`;
  }
}

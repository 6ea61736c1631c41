/**
 * What the program of a run printed.
 *
 * @module
 */

/** A stream of a program. */
export type ConsoleStream = "stdout" | "stderr";

/** A part of the output of a program. */
export interface ConsolePart {
  /**
   * The place of its first byte among all bytes that the program printed. If that is not where the part before it
   * ends, the output was long, and what was between them was not kept.
   */
  readonly start: number;
  /** When about it was printed, in milliseconds since 1970. */
  readonly at: number;
  /** The stream. */
  readonly stream: ConsoleStream;
  /** What was printed; any bytes. */
  readonly bytes: Uint8Array;
}

/** Which output to read. */
export interface ConsoleOptions {
  /**
   * The attempt, from 0.
   *
   * @default {the newest one}
   */
  readonly attempt?: number;
  /**
   * Only parts from this place on; to follow a run, the end of the last part.
   *
   * @default {0}
   */
  readonly after?: number;
  /**
   * No more pieces are read once they have so many bytes; a piece has at most 64 KiB. Without `after` they are the
   * last ones.
   *
   * @default {all}
   */
  readonly most?: number;
}

/**
 * The line of a config file that set a key.
 *
 * @example
 * ```ts
 * import type { Origin } from "@ato/ato/adict";
 *
 * const origin: Origin = { file: "/work/configs/base.py", line: 12 };
 * console.log(`${origin.file}:${origin.line}`);
 * ```
 */
export interface Origin {
  /** The file, as an absolute path; `command line` if a word of it set the key. */
  readonly file: string;
  /** The line, from 1; of the command line, the number of the word. */
  readonly line: number;
  /** The word of the command line that set the key, as `optimizer.lr=0.1`. */
  readonly word?: string;
}

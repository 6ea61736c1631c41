/**
 * The place in a file where a config key was set: a line of a config file, or of code.
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
  /** The file, as an absolute path or a URL; `command line` if a word of it set the key. */
  readonly file: string;
  /** The line, from 1; of the command line, the number of the word. */
  readonly line: number;
  /** The column, from 1; known for code only. */
  readonly column?: number;
  /** The word of the command line that set the key, such as `optimizer.lr=0.1`. */
  readonly word?: string;
}

/**
 * Stand-in for `@std/cli`: `parseArgs`, over `minimist`.
 *
 * @module
 */
import minimist from "minimist";

/** Options of {@linkcode parseArgs}. */
export interface ParseOptions {
  /** Flags that are always `true` or `false`. */
  boolean?: boolean | string | readonly string[];
  /** Flags that are always strings. */
  string?: string | readonly string[];
  /** Boolean flags that `--no-` turns off; this stand-in takes it before any flag. */
  negatable?: string | readonly string[];
  /** Values of flags that are not given. */
  default?: Record<string, unknown>;
  /** Other names of a flag. */
  alias?: Record<string, string | readonly string[]>;
  /** Put what follows `--` under the key `"--"` instead of `_`. @default false */
  "--"?: boolean;
  /** Everything from the first word without a dash on goes into `_`. @default false */
  stopEarly?: boolean;
}

/** What {@linkcode parseArgs} gives: the flags by name, and the other words under `_`. */
export type Args = Record<string, unknown> & { _: (string | number)[] };

/**
 * Parses command-line words into flags.
 *
 * @param args The words, without the program's own name.
 * @param options Which flags are boolean, string, defaulted, aliased.
 * @returns the flags and the other words.
 */
export function parseArgs(
  args: readonly string[],
  options: ParseOptions = {},
): Args {
  // minimist knows no `negatable`: it negates every flag.
  const { negatable: _, ...rest } = options;
  return minimist([...args], rest);
}

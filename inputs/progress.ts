/**
 * A line that shows how far hashing has come.
 *
 * @module
 */
import process from "node:process";
import { visible } from "../internal/visible_text.ts";
import type { HashProgress } from "./hasher_options.ts";

/** Milliseconds of hashing before there is a line. */
const PATIENCE = 2_000;
const CLEAR = "\r\x1b[K";

/** What shows progress: a stream like `process.stderr`. */
export interface ProgressStream {
  /** Whether it is a terminal; without one nothing is shown. */
  readonly isTTY?: boolean;
  /** Writes text. */
  write(text: string): unknown;
}

/**
 * Makes what shows the progress of hashing that takes longer than two seconds.
 *
 * @param stream Where it is shown. @default {process.stderr}
 * @param clock Returns milliseconds of a clock that never goes back. @default {performance.now}
 * @returns a listener for a hasher; `undefined` if the stream is no terminal.
 */
export function hashingProgress(
  stream: ProgressStream = process.stderr,
  clock: () => number = () => performance.now(),
): ((progress: HashProgress) => void) | undefined {
  if (stream.isTTY !== true) return undefined;
  let since: number | undefined;
  let isShown = false;
  return ({ path, done, total, isOver }) => {
    since ??= clock();
    if (isOver) {
      if (isShown) stream.write(CLEAR);
      [since, isShown] = [undefined, false];
      return;
    }
    if (clock() - since < PATIENCE) return;
    isShown = true;
    const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
    stream.write(
      `${CLEAR}ato: hashing ${visible(path)}: ${gib(done)} of ${
        gib(total)
      } GiB`,
    );
  };
}

/**
 * The name that a mistyped word most likely means.
 *
 * @module
 */

/** Options for {@linkcode nearestName}. */
export interface NearestOptions {
  /**
   * The most slips between the word and the name.
   *
   * @default {a third of the word's length, at least 1}
   */
  readonly slips?: number;
  /**
   * The minimum length of both words. A one-letter key is one slip away from too many others to be
   * suggested.
   *
   * @default {1}
   */
  readonly shortest?: number;
}

/**
 * Finds the name that was probably meant.
 *
 * @param word What was typed.
 * @param names The names that exist.
 * @param options How different the name may be. @default {{}}
 * @returns the nearest name, or `undefined`. A name that differs only in case, `_`, `-` or spaces counts
 * as one slip away. A one-letter name is never taken for another one-letter name.
 */
export function nearestName(
  word: string,
  names: Iterable<string>,
  options: NearestOptions = {},
): string | undefined {
  const { slips = slipsFor(word), shortest = 1 } = options;
  const folded = fold(word);
  let best: string | undefined;
  let least = slips + 1;
  for (const name of names) {
    if (name === word) continue;
    let distance: number;
    if (folded !== "" && fold(name) === folded) distance = 1;
    else if (Math.max(name.length, word.length) < 2) continue;
    else if (Math.min(name.length, word.length) < shortest) continue;
    else if (Math.abs(name.length - word.length) > slips) continue;
    else distance = editDistance(word, name);
    if (distance < least) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/** The most slips in a word: one in three characters. */
function slipsFor(word: string): number {
  return Math.max(1, Math.floor(word.length / 3));
}

/** Removes case and the characters that separate words: people often mistype them. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[_\-\s]/g, "");
}

/**
 * Counts the slips (insert, delete, substitute, swap two neighbours) between two words: the optimal
 * string alignment distance.
 *
 * @param a One word.
 * @param b The other.
 * @returns the least number of slips.
 */
export function editDistance(a: string, b: string): number {
  const from = [...a];
  const to = [...b];
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      let least = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + same);
      if (
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      ) {
        least = Math.min(least, beforeLast[j - 2]! + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length]!;
}

/** Characters that people leave out, swap or change between spellings of one name. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[_\-\s]/g, "");
}

/**
 * How many slips (insert, leave out, change, swap two neighbours) lie between two names:
 * the optimal string alignment distance.
 *
 * @param a One name.
 * @param b The other.
 * @returns the least number of slips.
 */
export function slipsBetween(a: string, b: string): number {
  const from = [...a];
  const to = [...b];
  let beforeLast: number[] = [];
  let last = to.map((_, i) => i + 1);
  last.unshift(0);
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

/**
 * Finds the name that was probably meant.
 *
 * @param name What was typed.
 * @param known What exists.
 * @param slips How many slips may lie between them.
 * @returns the nearest name, or `undefined`. A name that differs only in case, `_` or `-` counts as
 * one slip away. One-letter names are never mistaken for each other.
 */
export function suggest(
  name: string,
  known: Iterable<string>,
  slips = 1,
): string | undefined {
  const folded = fold(name);
  let best: string | undefined;
  let least = slips + 1;
  for (const candidate of known) {
    if (candidate === name) continue;
    let distance: number;
    if (folded !== "" && fold(candidate) === folded) distance = 1;
    else if (Math.min(candidate.length, name.length) < 2) continue;
    else if (Math.abs(candidate.length - name.length) > slips) continue;
    else distance = slipsBetween(name, candidate);
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

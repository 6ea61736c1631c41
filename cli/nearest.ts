/**
 * The candidate that a mistyped word most likely means.
 *
 * @param word The word.
 * @param candidates What there is.
 * @returns the nearest, if it is at most a third of the word away.
 */
export function nearest(
  word: string,
  candidates: readonly string[],
): string | undefined {
  let best:
    | { readonly candidate: string; readonly distance: number }
    | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate);
    if (
      distance <= Math.max(1, word.length / 3) &&
      distance < (best?.distance ?? Infinity)
    ) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** Insertions, deletions, substitutions and swaps of neighbours (Damerau and Levenshtein). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(
        rows[i - 1]![j]! + 1,
        row[j - 1]! + 1,
        rows[i - 1]![j - 1]! + same,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      }
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/**
 * Makes a generator of random numbers for permutations: the same seed gives the same numbers in every runtime.
 *
 * Source: SplitMix (G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014) with 32 bits and the finalizer of
 * MurmurHash3.
 *
 * @param seed A whole number.
 * @returns a function that returns the next number in [0, 1).
 */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return ((word ^ (word >>> 16)) >>> 0) / 2 ** 32;
  };
}

/**
 * Shuffles a list in place (R. A. Fisher and F. Yates, 1938).
 *
 * @param list The list.
 * @param next Returns the next random number in [0, 1).
 */
export function shuffle(list: number[], next: () => number): void {
  for (let last = list.length - 1; last > 0; last--) {
    const index = Math.floor(next() * (last + 1));
    const [one, other] = [list[last], list[index]];
    if (one === undefined || other === undefined) continue;
    [list[last], list[index]] = [other, one];
  }
}

import { SearchUsageError } from "./errors.ts";

/** A generator of random numbers. It can be forked by a key, so that trial 7 gets the same numbers on every worker. */
export interface Random {
  /** Returns the next number in [0, 1), with 53 random bits. */
  next(): number;
  /** Returns the next integer in [0, bound). */
  integer(bound: number): number;
  /** Returns the next number of the standard normal distribution. */
  normal(): number;
  /** Makes another generator for a key; the two are independent of each other. */
  fork(key: number | string): Random;
}

/** 128 bits in four words. */
type Words = readonly [number, number, number, number];

/** The state into which every seed is mixed: the fractions of the square roots of 2, 3, 5 and 7. */
const ROOT: Words = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff539];

/**
 * Makes a generator of random numbers. The same seed gives the same numbers in every runtime. A fork depends
 * only on the seed and on its key, not on how many numbers were drawn before.
 *
 * Do not use it for secrets.
 *
 * Source: sfc32 of C. Doty-Humphrey, PractRand (2010); the polar method of G. Marsaglia and T. A. Bray,
 * A Convenient Method for Generating Normal Variables, SIAM Review 6 (1964).
 *
 * @param seed A finite number or a string; `1` and `"1"` are different seeds.
 * @returns the generator.
 * @throws {SearchUsageError} If a seed or key is NaN or infinite, or a bound is not a whole number from 1 to
 * 2^53.
 *
 * @example
 * ```ts
 * import { createRandom } from "@ato/ato/hyperopt";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const random = createRandom("iris");
 * const third = random.fork(3).next();
 * assert(random.next() < 1 && random.integer(6) < 6);
 * assertEquals(random.fork(3).next(), third);
 * ```
 */
export function createRandom(seed: number | string): Random {
  return new Sfc32(absorb(ROOT, textOf("seed", seed)));
}

class Sfc32 implements Random {
  /** The state from which forks are made. */
  readonly #origin: Words;
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(origin: Words) {
    this.#origin = origin;
    [this.#a, this.#b, this.#c, this.#counter] = origin;
    for (let round = 0; round < 12; round++) this.#word();
  }

  next(): number {
    const high = this.#word() >>> 5;
    return (high * 0x4000000 + (this.#word() >>> 6)) / 2 ** 53;
  }

  integer(bound: number): number {
    if (!(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 53)) {
      throw new SearchUsageError(
        "bound",
        `Cannot draw an integer below ${bound}; give a whole number from 1 to 2^53`,
      );
    }
    const range = bound <= 2 ** 32 ? 2 ** 32 : 2 ** 53;
    // Above the last whole multiple of the bound, small remainders would be too frequent.
    const limit = range - range % bound;
    for (;;) {
      const drawn = range === 2 ** 32 ? this.#word() : this.next() * 2 ** 53;
      if (drawn < limit) return drawn % bound;
    }
  }

  normal(): number {
    for (;;) {
      const x = 2 * this.next() - 1;
      const y = 2 * this.next() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      // The second number of the pair is not kept, so that calls share no hidden state.
      return x * Math.sqrt(-2 * Math.log(square) / square);
    }
  }

  fork(key: number | string): Random {
    return new Sfc32(absorb(this.#origin, textOf("key", key)));
  }

  /** Returns the next 32 bits. */
  #word(): number {
    const word = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + word) | 0;
    return word >>> 0;
  }
}

function textOf(what: "seed" | "key", value: number | string): string {
  if (typeof value === "string") return `s${value}`;
  if (Number.isFinite(value)) return `n${value}`;
  throw new SearchUsageError(
    what,
    `Cannot use ${value} as a random ${what}; give a finite number or a string`,
  );
}

/** Mixes a string into 128 bits. */
function absorb([a, b, c, d]: Words, text: string): Words {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 0x9e3779b1);
    b = c ^ Math.imul(b ^ code, 0x85ebca6b);
    c = d ^ Math.imul(c ^ code, 0xc2b2ae35);
    d = a ^ Math.imul(d ^ code, 0x27d4eb2f);
  }
  d ^= text.length;
  // Each word affects each other word.
  for (let round = 0; round < 4; round++) {
    a = scatter(a + d);
    b = scatter(b ^ a);
    c = scatter(c + b);
    d = scatter(d ^ c);
  }
  return [a, b, c, d];
}

/** Finalizes as MurmurHash3 does: each bit of the input flips each bit of the output half the time. */
function scatter(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

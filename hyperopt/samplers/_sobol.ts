import { SOBOL_DIRECTIONS } from "./_sobol_directions.ts";

/** The number of dimensions that have direction numbers. */
export const SOBOL_DIMENSIONS = 256;

const BITS = 32;

/**
 * Returns the direction numbers of each dimension, 32 a dimension, most significant bit first.
 *
 * The first dimension is van der Corput's sequence; the others follow the recurrence of Bratley and
 * Fox (1988) from Joe and Kuo's initial numbers.
 */
export function sobolDirections(dimensions: number): Uint32Array[] {
  const lines = SOBOL_DIRECTIONS.split("\n").slice(0, dimensions - 1);
  const first = Uint32Array.from({ length: BITS }, (_, bit) => 2 ** (31 - bit));
  return [first, ...lines.map(directionsOf)].slice(0, dimensions);
}

function directionsOf(line: string): Uint32Array {
  const [degree = 0, inner = 0, ...initial] = line.split(" ").map(Number);
  const directions = new Uint32Array(BITS);
  for (let bit = 0; bit < BITS; bit++) {
    if (bit < degree) {
      directions[bit] = (initial[bit] ?? 0) << (31 - bit);
      continue;
    }
    const oldest = directions[bit - degree] ?? 0;
    let value = oldest ^ (oldest >>> degree);
    for (let back = 1; back < degree; back++) {
      if ((inner >>> (degree - 1 - back)) & 1) {
        value ^= directions[bit - back] ?? 0;
      }
    }
    directions[bit] = value;
  }
  return directions;
}

/** Returns coordinate `index` (below 2^32) of the sequence of a dimension, in natural order, as 32 bits. */
export function sobolBits(directions: Uint32Array, index: number): number {
  let bits = 0;
  for (let rest = index >>> 0, bit = 0; rest !== 0; rest >>>= 1, bit++) {
    if (rest & 1) bits ^= directions[bit] ?? 0;
  }
  return bits >>> 0;
}

/**
 * Scrambles 32 bits as Owen's nested scrambling does: a coin that depends on the bits before it decides
 * whether a bit is flipped, so points of one elementary interval stay in one elementary interval.
 *
 * Source: A. B. Owen, Randomly Permuted (t,m,s)-Nets and (t,s)-Sequences, 1995.
 */
export function owenScramble(bits: number, key: number): number {
  let scrambled = 0;
  for (let bit = 0; bit < BITS; bit++) {
    // Shifting by 32 would shift by 0, so the empty prefix is a special case.
    const prefix = bit === 0 ? 0 : bits >>> (BITS - bit);
    const coin = mix(mix(key ^ bit) ^ prefix) >>> 31;
    scrambled = (scrambled << 1) | (((bits >>> (31 - bit)) & 1) ^ coin);
  }
  return scrambled >>> 0;
}

/** Mixes 32 bits: the finalizer of MurmurHash3, after an odd step away from 0. */
export function mix(value: number): number {
  let mixed = (value + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

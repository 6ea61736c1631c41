import { Fault } from "./errors.ts";

/** The limits; the largest real configs need less than a hundredth of each. */
const LIMITS = {
  steps: 3_000_000,
  items: 3_000_000,
  text: 50_000_000,
} as const;

/** The maximum number of bits of an integer. */
const INTEGER_BITS = 1 << 16;

const LARGEST = 1n << BigInt(INTEGER_BITS);

/** The cost of reading a config: steps, elements and characters. */
export interface Cost {
  readonly steps: number;
  readonly items: number;
  readonly text: number;
}

/** Returns the difference between two costs. */
export function costBetween(before: Cost, after: Cost): Cost {
  return {
    steps: after.steps - before.steps,
    items: after.items - before.items,
    text: after.text - before.text,
  };
}

/** The work and memory that reading one config, including its bases, may still use. */
export class Budget {
  #steps = 0;
  #items = 0;
  #text = 0;

  /** Counts evaluated expressions, statements and loop rounds. */
  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > LIMITS.steps) {
      throw new Fault(
        `reading takes more than ${LIMITS.steps.toLocaleString("en")} steps; ` +
          "shorten the loop or comprehension",
        true,
      );
    }
  }

  /** Counts elements of the lists, tuples, sets and dicts that are created. */
  items(count: number | bigint): void {
    this.#items += Number(count);
    if (this.#items > LIMITS.items) {
      throw new Fault(
        `more than ${LIMITS.items.toLocaleString("en")} values are created`,
        true,
      );
    }
  }

  /** Counts characters of the strings that are created. */
  text(length: number | bigint): void {
    this.#text += Number(length);
    if (this.#text > LIMITS.text) {
      throw new Fault(
        `more than ${LIMITS.text.toLocaleString("en")} characters are created`,
        true,
      );
    }
  }

  /** The cost so far. */
  taken(): Cost {
    return { steps: this.#steps, items: this.#items, text: this.#text };
  }

  /**
   * Counts the cost of a kept result again: whether a config can be read must not depend on which
   * configs were read before.
   */
  charge(cost: Cost): void {
    this.step(cost.steps);
    this.items(cost.items);
    this.text(cost.text);
  }

  /** Returns the integer; throws if it is too large. */
  integer(value: bigint): bigint {
    if (value > LARGEST || value < -LARGEST) this.bits(INTEGER_BITS + 1);
    return value;
  }

  /** Throws if an integer of this many bits is too large; called before it is computed. */
  bits(count: number): void {
    if (count > INTEGER_BITS) {
      throw new Fault(
        `the integer has more than ${INTEGER_BITS.toLocaleString("en")} bits`,
        true,
      );
    }
  }
}

/** Returns the number of bits of an integer. */
export function bitLength(value: bigint): number {
  const size = value < 0n ? -value : value;
  if (size === 0n) return 0;
  const hex = size.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(parseInt(hex.charAt(0), 16)));
}

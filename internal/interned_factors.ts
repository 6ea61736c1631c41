/** A set of factors whose names and values are numbered, so that sets are compared without their texts. */

/** The texts of numbered names and values. Equal texts have equal numbers, and no number is 0. */
export interface FactorTexts {
  /** The names by their numbers. */
  readonly names: ReadonlyMap<number, string>;
  /** The values by theirs. */
  readonly values: ReadonlyMap<number, string>;
  /** Returns the number of a name, if it has one. */
  readonly numberOf: (name: string) => number | undefined;
}

/** A set of factors as numbers; its texts are looked up when they are asked for. */
export class InternedFactors implements ReadonlyMap<string, string> {
  /** The numbers: name, value, name, value. */
  readonly members: readonly number[];
  /** The texts of the numbers; all of them are there. */
  readonly texts: FactorTexts;
  #map: ReadonlyMap<string, string> | undefined;

  /**
   * @param members The numbers: name, value, name, value.
   * @param texts Their texts.
   */
  constructor(members: readonly number[], texts: FactorTexts) {
    this.members = members;
    this.texts = texts;
  }

  get size(): number {
    return this.members.length / 2;
  }

  get(id: string): string | undefined {
    if (this.#map !== undefined || this.size > FEW) return this.#asMap.get(id);
    const name = this.texts.numberOf(id);
    if (name === undefined) return undefined;
    for (let at = 0; at < this.members.length; at += 2) {
      if (this.members[at] !== name) continue;
      return this.texts.values.get(this.members[at + 1] ?? 0);
    }
    return undefined;
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  forEach(
    work: (value: string, id: string, map: ReadonlyMap<string, string>) => void,
  ): void {
    this.#asMap.forEach((value, id) => work(value, id, this));
  }

  entries(): MapIterator<[string, string]> {
    return this.#asMap.entries();
  }

  keys(): MapIterator<string> {
    return this.#asMap.keys();
  }

  values(): MapIterator<string> {
    return this.#asMap.values();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }

  get #asMap(): ReadonlyMap<string, string> {
    if (this.#map !== undefined) return this.#map;
    const { names, values } = this.texts;
    const map = new Map<string, string>();
    for (let at = 0; at < this.members.length; at += 2) {
      const name = names.get(this.members[at] ?? 0);
      const value = values.get(this.members[at + 1] ?? 0);
      if (name !== undefined && value !== undefined) map.set(name, value);
    }
    this.#map = map;
    return map;
  }
}

/** Fewer factors are searched one by one. */
const FEW = 64;

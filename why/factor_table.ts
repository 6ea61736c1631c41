/**
 * The factors of many runs as numbers, which are compared faster than strings.
 *
 * @module
 */
import {
  type FactorTexts,
  InternedFactors,
} from "../internal/interned_factors.ts";
import { LayeredFactors } from "../internal/layered_factors.ts";
import type { RunFacts } from "./facts.ts";

type Factors = RunFacts["factors"];

/** A set of factors as numbers: name, value, name, value. */
type Numbers = readonly number[];

/** Numbers the names and values of factors. Runs of a file share sets, whose numbers are those of the file. */
export class FactorTable {
  readonly #sets = new Map<Factors, Numbers>();
  readonly #names = new Map<string, number>();
  readonly #values = new Map<string, number>();
  readonly #nameOf = new Map<number, string>();
  readonly #texts: FactorTexts | undefined;
  #hasAllValues = false;
  #next = -1;

  /** @param runs The runs; the numbers of the first file among them are taken over. */
  constructor(runs: readonly RunFacts[]) {
    for (const run of runs) {
      const stored = layersOf(run).find((one) =>
        one instanceof InternedFactors
      );
      if (stored === undefined) continue;
      this.#texts = stored.texts;
      break;
    }
  }

  /**
   * Returns the sets of a run. No factor is in two of them.
   *
   * @param run The run.
   * @returns the sets; runs share most of them.
   */
  setsOf(run: RunFacts): Numbers[] {
    return layersOf(run).map((layer) => this.#numbersOf(layer));
  }

  /**
   * Returns the name of a number.
   *
   * @param name The number.
   * @returns the id of the factor.
   */
  nameOf(name: number): string {
    return this.#texts?.names.get(name) ?? this.#nameOf.get(name) ?? "";
  }

  /**
   * Returns the number of a name.
   *
   * @param id The id of the factor.
   * @returns the number; `undefined` if no run that was looked at has the factor.
   */
  numberOf(id: string): number | undefined {
    return this.#texts?.numberOf(id) ?? this.#names.get(id);
  }

  #numbersOf(layer: Factors): Numbers {
    if (layer instanceof InternedFactors && layer.texts === this.#texts) {
      return layer.members;
    }
    const known = this.#sets.get(layer);
    if (known !== undefined) return known;
    const numbers: number[] = [];
    layer.forEach((value, id) =>
      numbers.push(this.#nameFor(id), this.#valueFor(value))
    );
    this.#sets.set(layer, numbers);
    return numbers;
  }

  #nameFor(id: string): number {
    const known = this.numberOf(id);
    if (known !== undefined) return known;
    const name = this.#next--;
    this.#names.set(id, name);
    this.#nameOf.set(name, id);
    return name;
  }

  #valueFor(text: string): number {
    if (this.#texts !== undefined && !this.#hasAllValues) {
      for (const [value, text] of this.#texts.values) {
        this.#values.set(text, value);
      }
      this.#hasAllValues = true;
    }
    let value = this.#values.get(text);
    if (value === undefined) this.#values.set(text, value = this.#next--);
    return value;
  }
}

/** The maps that the factors of a run consist of. */
function layersOf({ factors }: RunFacts): readonly Factors[] {
  return factors instanceof LayeredFactors ? factors.layers : [factors];
}

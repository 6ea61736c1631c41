/**
 * Compares runs by their effective factors: those that can decide a result.
 *
 * @module
 */
import {
  type Coverage,
  type Dimension,
  DIMENSION_OF,
  DIMENSIONS,
  kindOfFactor,
} from "../internal/run_factors.ts";
import { FactorTable } from "./factor_table.ts";
import { NumberMap } from "../internal/number_map.ts";
import type { RunFacts } from "./facts.ts";
import { configValue } from "./config_ids.ts";
import { isSeedFactor } from "../internal/seed_keys.ts";
import { withoutMoves } from "./moved_code.ts";
import { withoutRenames } from "./renames/without_renames.ts";
import { labelsAmong } from "./label_factors.ts";

/** How far two runs can be compared: `none` if a dimension is recorded differently. */
export type Quality = "full" | "recorded" | "none";

/** How the factors of two runs compare. */
export interface FactorDifference {
  /** Effective factors that differ, seeds and labels apart. */
  readonly differing: readonly string[];
  /** For code that was moved and changed: the id in the second run, and the id in the first. */
  readonly moved: ReadonlyMap<string, string>;
  /** Factors that one run has, and that the other may have. */
  readonly unknown: readonly string[];
  /** Seeds that differ. */
  readonly seeds: readonly string[];
  /** Labels that differ. */
  readonly labels: readonly string[];
  /** Config leaves that differ and that neither run read. */
  readonly unread: readonly string[];
  /** How far the runs can be compared. */
  readonly quality: Quality;
}

/** Factors that the caller says more about. */
export interface FrameOptions {
  /** Labels, as ids or key paths. */
  readonly labels?: readonly string[] | undefined;
  /** Seeds, as ids or key paths. */
  readonly seeds?: readonly string[] | undefined;
}

/** A set of runs that can be compared. */
export class Frame {
  /** The runs. */
  readonly runs: readonly RunFacts[];
  /** The ids of effective factors that vary over the runs, in order; seeds and labels apart. */
  readonly varying: readonly string[];
  readonly #seeds: readonly string[];
  readonly #labels: readonly string[];
  readonly #listed: ReadonlySet<string>;
  readonly #coverage = new Map<RunFacts["coverage"], string>();
  readonly #hashes = new Map<RunFacts, readonly [number, number]>();
  readonly #places: ReadonlyMap<string, number>;
  readonly #codes = new Map<RunFacts, Float64Array>();
  /** The seeds of runs as one text, by the numbers of their values. */
  readonly #seedTexts = new Map<string, string>();
  readonly #seedPlaces: readonly number[];
  readonly #table: FactorTable;
  /** The places of the varying factors by the numbers of their names. */
  readonly #columns = new NumberMap<number>();
  /** For sets of factors that may differ: the places of the others. */
  readonly #fixed = new WeakMap<ReadonlySet<string>, readonly number[]>();

  /**
   * Makes the frame.
   *
   * @param runs The runs.
   * @param options What the caller says of factors.
   */
  constructor(runs: readonly RunFacts[], options: FrameOptions = {}) {
    this.runs = runs;
    this.#table = new FactorTable(runs);
    const ids = varyingIds(runs, this.#table);
    const listed = new Set(options.seeds ?? listAt(runs, "experiment.seeds"));
    const seeds = ids.filter((id) => isSeedFactor(id, listed));
    const rest = ids.filter((id) => !seeds.includes(id));
    const labels = labelsAmong(
      rest,
      runs,
      new Set(options.labels ?? listAt(runs, "experiment.labels")),
    );
    this.#seeds = seeds;
    this.#listed = listed;
    this.#labels = rest.filter((id) => labels.has(id));
    this.varying = rest.filter((id) => !labels.has(id));
    this.#places = new Map(this.varying.map((id, index) => [id, index]));
    // The seeds have their numbers behind those of the varying factors.
    [...this.varying, ...seeds].forEach((id, index) => {
      const name = this.#table.numberOf(id);
      if (name !== undefined) this.#columns.set(name, index);
    });
    this.#seedPlaces = seeds.map((_, index) => this.varying.length + index);
  }

  /**
   * Returns the values of the varying factors of a run as numbers: equal values have equal numbers, and 0 is a
   * factor that the run does not have.
   *
   * @param run The run.
   * @returns the numbers, in the order of the varying factors, and then those of seeds.
   */
  codesOf(run: RunFacts): Float64Array {
    const known = this.#codes.get(run);
    if (known !== undefined) return known;
    const codes = new Float64Array(this.varying.length + this.#seeds.length);
    for (const numbers of this.#table.setsOf(run)) {
      for (let at = 0; at < numbers.length; at += 2) {
        const index = this.#columns.get(numbers[at] ?? 0);
        if (index !== undefined) codes[index] = numbers[at + 1] ?? 0;
      }
    }
    this.#codes.set(run, codes);
    return codes;
  }

  /**
   * Returns a key of all varying factors of a run but some: runs of equal keys agree in the others, and are equally
   * complete. A config leaf that was not read counts as absent.
   *
   * @param run The run.
   * @param except The ids of the factors that are left out.
   * @returns the key.
   */
  keyWithout(run: RunFacts, except: readonly string[]): string {
    let [one, other] = this.#hashOf(run);
    for (const id of except) {
      const index = this.#places.get(id);
      if (index === undefined) continue;
      const code = this.#readCode(run, index);
      // Combined by exclusive or, a part is taken out as it was put in.
      one ^= mixed(index, code, 0x9e3779b1);
      other ^= mixed(index, code, 0x85ebca6b);
    }
    return `${one},${other}\n${this.coverageOf(run)}`;
  }

  #hashOf(run: RunFacts): readonly [number, number] {
    const known = this.#hashes.get(run);
    if (known !== undefined) return known;
    let [one, other] = [0, 0];
    for (let index = 0; index < this.varying.length; index++) {
      const code = this.#readCode(run, index);
      one ^= mixed(index, code, 0x9e3779b1);
      other ^= mixed(index, code, 0x85ebca6b);
    }
    this.#hashes.set(run, [one, other]);
    return [one, other];
  }

  #readCode(run: RunFacts, index: number): number {
    return run.unread.has(this.varying[index] ?? "")
      ? 0
      : this.codesOf(run)[index] ?? 0;
  }

  /**
   * Compares the factors of two runs.
   *
   * @param a The first run.
   * @param b The second run.
   * @returns the differences.
   */
  compare(a: RunFacts, b: RunFacts): FactorDifference {
    const [differing, unknown, unread]: string[][] = [[], [], []];
    const [ofA, ofB] = [this.codesOf(a), this.codesOf(b)];
    const isPlain = a.unread.size === 0 || b.unread.size === 0;
    for (let index = 0; index < this.varying.length; index++) {
      const id = this.varying[index];
      if (ofA[index] === ofB[index] || id === undefined) continue;
      if (isPlain && ofA[index] !== 0 && ofB[index] !== 0) differing?.push(id);
      else if (isUnread(a, id) && isUnread(b, id)) unread?.push(id);
      else if (mayHave(a, b, id) || mayHave(b, a, id)) unknown?.push(id);
      else differing?.push(id);
    }
    const isOther = (id: string) => a.factors.get(id) !== b.factors.get(id);
    const { edited, ...found } = withoutRenames(differing ?? [], a, b);
    const { moved, ...left } = withoutMoves(
      found.differing.filter((id) => !edited.has(id)),
      a.factors,
      b.factors,
      found.renamed,
    );
    const renamed = found.differing.filter((id) => edited.has(id));
    return {
      differing: [...renamed, ...left.differing],
      moved: new Map([...moved, ...edited]),
      unknown: unknown ?? [],
      unread: unread ?? [],
      seeds: this.#seeds.filter(isOther),
      labels: this.#labels.filter(isOther),
      quality: this.qualityOf(a, b),
    };
  }

  /**
   * Tells whether two runs have one setting but for some factors, as far as is known: no other effective factor
   * differs, and none is unknown in one of them. Seeds and labels may differ.
   *
   * @param a The first run.
   * @param b The second run.
   * @param except Factors that may differ.
   * @returns true if {@linkcode Frame.compare} finds no other difference.
   */
  isSameSetting(
    a: RunFacts,
    b: RunFacts,
    except: ReadonlySet<string> = NONE,
  ): boolean {
    if (this.qualityOf(a, b) === "none") return false;
    const [ofA, ofB] = [this.codesOf(a), this.codesOf(b)];
    for (const index of this.#fixedBy(except)) {
      if (ofA[index] === ofB[index]) continue;
      const id = this.varying[index] ?? "";
      if (!(isUnread(a, id) && isUnread(b, id))) return false;
    }
    if (this.varying.every((_, index) => ofA[index] === ofB[index])) {
      return true;
    }
    const { differing, unknown } = this.compare(a, b);
    return unknown.length === 0 && differing.every((id) => except.has(id));
  }

  /** The places of the factors that decide: only code can differ in nothing but its place. */
  #fixedBy(except: ReadonlySet<string>): readonly number[] {
    let fixed = this.#fixed.get(except);
    if (fixed === undefined) {
      fixed = this.varying.flatMap((id, index) =>
        except.has(id) || id.startsWith("code:") ? [] : [index]
      );
      this.#fixed.set(except, fixed);
    }
    return fixed;
  }

  /**
   * Returns the values of a factor in runs as numbers.
   *
   * @param id The id of the factor.
   * @param runs The runs.
   * @returns the numbers; 0 for every factor that does not vary.
   */
  codesIn(id: string, runs: readonly RunFacts[]): number[] {
    const index = this.#places.get(id);
    return runs.map((run) =>
      index === undefined ? 0 : this.codesOf(run)[index] ?? 0
    );
  }

  /**
   * Returns the value of a factor as a number: equal values have equal numbers, and 0 is a factor that the run does
   * not have.
   *
   * @param run The run.
   * @param id The id of the factor.
   * @returns the number; 0 for every factor that does not vary.
   */
  codeOf(run: RunFacts, id: string): number {
    const index = this.#places.get(id);
    return index === undefined ? 0 : this.codesOf(run)[index] ?? 0;
  }

  /**
   * Tells how far two runs can be compared.
   *
   * @param a The first run.
   * @param b The second run.
   * @returns `full` if everything was recorded in both.
   */
  qualityOf(a: RunFacts, b: RunFacts): Quality {
    const [one, other] = [this.coverageOf(a), this.coverageOf(b)];
    if (one !== other) return "none";
    return one === FULL ? "full" : "recorded";
  }

  /**
   * Returns the seed of a run: its factors that are seeds, as one text.
   *
   * @param run The run.
   * @returns the text; runs with the same text have the same seed.
   */
  seedOf(run: RunFacts): string {
    const codes = this.codesOf(run);
    const key = this.#seedPlaces.map((place) => codes[place]).join();
    const known = this.#seedTexts.get(key);
    if (known !== undefined) return known;
    const seed = JSON.stringify(
      this.#seeds.map((id) => run.factors.get(id) ?? null),
    );
    this.#seedTexts.set(key, seed);
    return seed;
  }

  /**
   * Tells whether a run recorded a seed.
   *
   * @param run The run.
   * @returns true if one of its factors is a seed.
   */
  isSeeded(run: RunFacts): boolean {
    return [...run.factors.keys()].some((id) => isSeedFactor(id, this.#listed));
  }

  /**
   * Returns the coverage of a run as one text: runs of the same text are equally incomplete.
   *
   * @param run The run.
   * @returns the text.
   */
  coverageOf(run: RunFacts): string {
    // Runs of a file that are equally complete share one object.
    const known = this.#coverage.get(run.coverage);
    if (known !== undefined) return known;
    const text = DIMENSIONS.map((one) => coverageText(run.coverage[one]))
      .join("\n");
    this.#coverage.set(run.coverage, text);
    return text;
  }
}

const NONE: ReadonlySet<string> = new Set();
const FULL = DIMENSIONS.map(() => "full").join("\n");

function coverageText({ level, missing }: Coverage): string {
  return level === "full"
    ? level
    : JSON.stringify([level, ...[...missing].sort()]);
}

/** A set of factors as numbers: name, value, name, value. */
type Numbers = readonly number[];

function varyingIds(runs: readonly RunFacts[], table: FactorTable): string[] {
  const first = runs[0];
  if (first === undefined) return [];
  const varying = new Set<number>();
  const own = table.setsOf(first);
  const values = new NumberMap<number>();
  for (const numbers of own) addNumbers(values, numbers);
  const common = new Map<Numbers, number>();
  for (const run of runs) {
    const sets = table.setsOf(run);
    const shared = sets.filter((one) => own.includes(one));
    let left = sizeOf(own) - sizeOf(shared);
    for (const numbers of sets) {
      if (own.includes(numbers)) continue;
      let count = common.get(numbers);
      if (count === undefined) {
        common.set(numbers, count = compareSet(numbers, values, varying));
      }
      left -= count;
    }
    // The run lacks some.
    if (left === 0) continue;
    const names = new NumberMap<number>();
    for (const numbers of sets) addNumbers(names, numbers);
    for (const numbers of own) {
      for (let at = 0; at < numbers.length; at += 2) {
        const name = numbers[at] ?? 0;
        if (names.get(name) === undefined) varying.add(name);
      }
    }
  }
  return [...varying].map((name) => table.nameOf(name)).sort();
}

function addNumbers(values: NumberMap<number>, numbers: Numbers): void {
  for (let at = 0; at < numbers.length; at += 2) {
    values.set(numbers[at] ?? 0, numbers[at + 1] ?? 0);
  }
}

function sizeOf(sets: readonly Numbers[]): number {
  return sets.reduce((sum, { length }) => sum + length / 2, 0);
}

/** Adds the factors that are not as in the first run, and returns how many the first run has, too. */
function compareSet(
  numbers: Numbers,
  first: NumberMap<number>,
  varying: Set<number>,
): number {
  let common = 0;
  for (let at = 0; at < numbers.length; at += 2) {
    const [name, value] = [numbers[at] ?? 0, numbers[at + 1] ?? 0];
    const other = first.get(name);
    if (other !== undefined) common++;
    if (other !== value) varying.add(name);
  }
  return common;
}

function listAt(runs: readonly RunFacts[], path: string): string[] {
  return runs.slice(0, 2).flatMap(({ factors }) => {
    const list = configValue(factors, path);
    return Array.isArray(list)
      ? list.filter((one) => typeof one === "string")
      : [];
  });
}

/**
 * Tells whether nothing read a config leaf; a leaf that a run does not have was not read either.
 *
 * @param run The run.
 * @param id The id of the factor.
 * @returns false for every factor that is no config leaf.
 */
export function isUnread(run: RunFacts, id: string): boolean {
  return id.startsWith("config:") &&
    (run.unread.has(id) || !run.factors.has(id));
}

/** Tells whether a run may have a factor of another run, although it is not in its record. */
function mayHave(run: RunFacts, other: RunFacts, id: string): boolean {
  if (run.factors.has(id)) return false;
  const dimension = dimensionOf(id);
  const [own, others] = [run.coverage[dimension], other.coverage[dimension]];
  if (own.level === "full") return false;
  // Equally incomplete records are compared as far as they go.
  if (coverageText(own) === coverageText(others)) return false;
  if (own.level === "none") return true;
  const file = /^code:([^#]*)/.exec(id)?.[1];
  return own.missing.length === 0 ||
    own.missing.some((phrase) =>
      !others.missing.includes(phrase) && isAbout(phrase, file)
    );
}

/** Tells whether a phrase such as `src/a.ts:3: …` may be about a file; a phrase without a path is about all. */
function isAbout(phrase: string, file: string | undefined): boolean {
  const path = /^([^\s:]+\.\w+)(:\d+)*: /.exec(phrase)?.[1];
  return path === undefined || file === undefined || path === file;
}

/**
 * Returns the dimension of a factor.
 *
 * @param id The id of the factor.
 * @returns the dimension.
 */
export function dimensionOf(id: string): Dimension {
  return DIMENSION_OF[kindOfFactor(id)];
}

/** Mixes the value of a factor into 32 bits, with the finalizer of MurmurHash3. */
function mixed(index: number, code: number, salt: number): number {
  let word = Math.imul(index + 1, salt) ^ Math.imul(code + 1, 0xc2b2ae35);
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b ^ salt);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

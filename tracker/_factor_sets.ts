/** The sets of factors of many runs, by the ids that the file gives to names and values. */
import { type FactorRecord, setHash } from "./_factor_record.ts";
import { FACTORS_SINCE, keyOfValue } from "./_factor_store.ts";
import { pathOf } from "./_reading.ts";
import { schemaVersion } from "./_schema_version.ts";
import type { Connection, SqlValue } from "./driver.ts";
import { damageError, StorageError } from "./errors.ts";
import { NumberMap } from "../internal/number_map.ts";
import { NumberSet } from "../internal/number_set.ts";
import {
  type FactorTexts,
  InternedFactors,
} from "../internal/interned_factors.ts";

const NEW_LINE = 10;
const ZERO = 48;
const NINE = 57;
const COMMA = 44;
const END = 93;

/** The ids of names and values: name, value, name, value. */
export type Members = readonly number[];

/**
 * Sets of factors. A set that a run of an earlier version would have gets an id below 0, and so do names
 * and values that only such runs have.
 */
export class FactorSets {
  readonly #connection: Connection;
  readonly #isStored: boolean;
  /** Sets of the file as JSON: of many runs, most are only compared. */
  #texts: Uint8Array = new Uint8Array(0);
  /** Where each of them starts. */
  readonly #places = new NumberMap<number>();
  readonly #members = new Map<number, Members | undefined>();
  readonly #derived = new Map<string, number>();
  readonly #names = new Map<string, number>();
  readonly #values = new Map<string, number>();
  readonly #decoder = new TextDecoder();
  readonly #nameOf = new Map<number, string>();
  readonly #valueOf = new Map<number, string>();
  readonly #factors = new Map<number, InternedFactors>();
  readonly #numberOf = new Map<string, number>();
  /** How many names have their numbers there. */
  #numbered = 0;
  readonly #shared: FactorTexts = {
    names: this.#nameOf,
    values: this.#valueOf,
    numberOf: (name) => this.#numberFor(name),
  };
  /** Whether a name or a value that was looked for is not there. */
  #isIncomplete = false;
  #next = -1;

  /** @param connection The file. */
  constructor(connection: Connection) {
    this.#connection = connection;
    this.#isStored = schemaVersion(connection) >= FACTORS_SINCE;
  }

  /** Reads sets at once; ids that are given again, and those below 1, do not count. */
  load(ids: readonly number[]): void {
    if (!this.#isStored) return;
    const ends = endsOf(ids);
    const bytes = ends === undefined
      ? this.#bytes(SETS, [...new Set(ids)])
      : this.#bytes(SETS_BETWEEN, ends);
    if (bytes.length === 0) return;
    const before = this.#texts;
    if (before.length === 0) this.#texts = bytes;
    else {
      this.#texts = new Uint8Array(before.length + bytes.length);
      this.#texts.set(before);
      this.#texts.set(bytes, before.length);
    }
    for (let at = before.length; at < this.#texts.length; at++) {
      let id = 0;
      for (; isDigit(this.#texts[at]); at++) {
        id = id * 10 + this.#texts[at]! - ZERO;
      }
      this.#places.set(id, at);
      at = this.#texts.indexOf(NEW_LINE, at);
    }
  }

  /** Adds the factors of a run that has no set in the file, and returns the id of the set. */
  add(record: FactorRecord): number {
    const hash = setHash(record.factors);
    const known = this.#derived.get(hash);
    if (known !== undefined) return known;
    const members = record.factors.flatMap(([name, value]) => [
      this.#idOf(name, this.#names, this.#nameOf, NAME_ID),
      this.#idOf(value, this.#values, this.#valueOf, VALUE_ID),
    ]);
    const id = this.#next--;
    this.#members.set(id, members);
    this.#derived.set(hash, id);
    return id;
  }

  /** The members of a set; `undefined` if it is damaged or missing. */
  membersOf(id: number): Members | undefined {
    const known = this.#members.get(id);
    if (known !== undefined || this.#members.has(id)) return known;
    const members = this.#parse(id);
    this.#members.set(id, members);
    return members;
  }

  #parse(id: number): Members | undefined {
    const place = this.#places.get(id);
    if (place === undefined) return undefined;
    const plain = numbersAt(this.#texts, place);
    if (plain !== undefined) return plain;
    const end = this.#texts.indexOf(NEW_LINE, place);
    return parseMembers(this.#decoder.decode(this.#texts.subarray(place, end)));
  }

  /** The JSON of the sets of the file, each ends with a line feed; it may be damaged. */
  get texts(): Uint8Array {
    return this.#texts;
  }

  /** Where the JSON of a set starts; `undefined` for a set that is not in the file. */
  placeOf(id: number): number | undefined {
    return this.#places.get(id);
  }

  /** Reads the names and the values of some sets. */
  loadTexts(ids: Iterable<number>): void {
    const names = new NumberSet();
    const values = new NumberSet();
    for (const id of new Set(ids)) {
      const members = this.membersOf(id) ?? [];
      for (let at = 0; at < members.length; at += 2) {
        names.add(members[at]!);
        values.add(members[at + 1]!);
      }
    }
    this.#loadTexts(names.list(), this.#nameOf, NAMES);
    this.#loadTexts(values.list(), this.#valueOf, VALUES);
  }

  #loadTexts(
    ids: readonly number[],
    known: Map<number, string>,
    sql: string,
  ): void {
    const wanted = ids.filter((id) => !known.has(id));
    if (wanted.length === 0) return;
    const before = known.size;
    if (this.#isStored) addTexts(known, this.#text(sql, wanted));
    if (known.size - before < wanted.length) this.#isIncomplete = true;
  }

  #numberFor(name: string): number | undefined {
    if (this.#numbered < this.#nameOf.size) {
      for (const [id, text] of this.#nameOf) this.#numberOf.set(text, id);
      this.#numbered = this.#nameOf.size;
    }
    return this.#numberOf.get(name);
  }

  /**
   * Returns a set as factors; sets are made once. Their texts were loaded before.
   *
   * @throws {StorageError} If it is damaged; the error names the run.
   */
  factorsOf(id: number, run: number): InternedFactors {
    const known = this.#factors.get(id);
    if (known !== undefined) return known;
    const members = this.membersOf(id) ?? this.#refuse(run);
    if (this.#isIncomplete && !this.#isComplete(members)) this.#refuse(run);
    const factors = new InternedFactors(members, this.#shared);
    this.#factors.set(id, factors);
    return factors;
  }

  #isComplete(members: Members): boolean {
    return members.every((id, at) =>
      (at % 2 === 0 ? this.#nameOf : this.#valueOf).has(id)
    );
  }

  /** The ids of names that are accepted. */
  nameIds(accept: (name: string) => boolean): ReadonlySet<number> {
    const accepted = [...this.#nameOf].filter(([, name]) => accept(name));
    return new Set(accepted.map(([id]) => id));
  }

  /** The texts of the values that were read, by their ids. */
  get values(): ReadonlyMap<number, string> {
    return this.#valueOf;
  }

  /** Reads the names of all factors of the file. */
  loadAllNames(): void {
    if (!this.#isStored) return;
    const row = this.#connection.prepare(ALL_NAMES).get();
    addTexts(this.#nameOf, String(row?.["text"] ?? ""));
  }

  #refuse(run: number): never {
    throw damageError(
      { path: pathOf(this.#connection), table: "factor_sets", run },
      "its factors refer to a set, a name or a value that is not there",
    );
  }

  #text(sql: string, ids: readonly number[]): string {
    return String(this.#read(sql, ids) ?? "");
  }

  #bytes(sql: string, ids: readonly number[]): Uint8Array {
    const bytes = this.#read(sql, ids);
    return bytes instanceof Uint8Array ? bytes : new Uint8Array(0);
  }

  #read(sql: string, ids: readonly number[]): SqlValue {
    try {
      const row = this.#connection.prepare(sql).get(JSON.stringify(ids));
      return row?.["text"] ?? null;
    } catch (error) {
      // A value of a type that no logger writes: what refers to it is reported.
      if (error instanceof StorageError && error.problem === "other") {
        return null;
      }
      throw error;
    }
  }

  #idOf(
    text: string,
    known: Map<string, number>,
    texts: Map<number, string>,
    sql: string,
  ): number {
    let id = known.get(text);
    if (id !== undefined) return id;
    const stored = this.#isStored
      ? this.#connection.prepare(sql).get(keyOfValue(text)[0])?.["id"]
      : undefined;
    id = typeof stored === "number" ? stored : this.#next--;
    known.set(text, id);
    texts.set(id, text);
    return id;
  }
}

/** The least and the greatest id, if most ids between them are wanted. */
function endsOf(ids: readonly number[]): [number, number] | undefined {
  let [least, most] = [Infinity, 0];
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at]!;
    if (id > 0 && id < least) least = id;
    if (id > most) most = id;
  }
  return most - least < 4 * ids.length ? [least, most] : undefined;
}

// One row is read much faster than many rows, and bytes are compared faster than characters. Each line ends.
const SETS_OF =
  "SELECT CAST(group_concat(id || members, char(10)) || char(10) AS BLOB) AS text FROM factor_sets WHERE id";
const SETS = `${SETS_OF} IN (SELECT value FROM json_each(?))`;
// Node 22.13 does not bind numbered parameters, so each stands once.
const SETS_BETWEEN =
  `WITH ends AS (SELECT min(value) AS least, max(value) AS most FROM json_each(?))
  ${SETS_OF} BETWEEN (SELECT least FROM ends) AND (SELECT most FROM ends)`;
const PAIR = (value: string): string => `id || ',' || json_quote(${value})`;
const ALL_NAMES = `SELECT group_concat(${
  PAIR("name")
}) AS text FROM factor_names WHERE typeof(name) = 'text'`;
const NAMES = `SELECT group_concat(${
  PAIR("name")
}) AS text FROM factor_names WHERE id IN (SELECT value FROM json_each(?)) AND typeof(name) = 'text'`;
const VALUES = `SELECT group_concat(${
  PAIR("coalesce(value, key)")
}) AS text FROM factor_values WHERE id IN (SELECT value FROM json_each(?))
  AND typeof(coalesce(value, key)) = 'text'`;
const NAME_ID = "SELECT id FROM factor_names WHERE name = ?";
const VALUE_ID = "SELECT id FROM factor_values WHERE key = ?";

/** Adds texts by their ids, from JSON: id, text, id, text. */
function addTexts(known: Map<number, string>, json: string): void {
  let parts: unknown[];
  try {
    parts = JSON.parse(`[${json}]`) as unknown[];
  } catch {
    // Damaged: what refers to it is reported.
    return;
  }
  for (let at = 0; at < parts.length; at += 2) {
    known.set(Number(parts[at]), String(parts[at + 1]));
  }
}

/** Reads the JSON of a set digit by digit; `undefined` if it is not a plain list of pairs. */
function numbersAt(text: Uint8Array, start: number): number[] | undefined {
  const found: number[] = [];
  let [number, digits] = [0, 0];
  for (let at = start + 1;; at++) {
    const code = text[at]!;
    if (code >= ZERO && code <= NINE) {
      number = number * 10 + code - ZERO;
      digits++;
      continue;
    }
    if (digits === 0 || digits > MOST_DIGITS) return undefined;
    found.push(number);
    number = digits = 0;
    if (code === COMMA) continue;
    const isWhole = code === END && text[at + 1] === NEW_LINE;
    return isWhole && found.length % 2 === 0 ? found : undefined;
  }
}

/** Numbers of so many digits are exact. */
const MOST_DIGITS = 15;

function parseMembers(text: string): Members | undefined {
  try {
    const members = JSON.parse(text) as unknown;
    return isMembers(members) ? members : undefined;
  } catch {
    // Damaged: what refers to it is reported.
    return undefined;
  }
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= ZERO && code <= NINE;
}

function isMembers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length % 2 === 0 &&
    value.every((id) => Number.isSafeInteger(id));
}

/** The ids of values by those of their names. */
type Pairs = ReadonlyMap<number, number>;

/** Counts the factors in which sets differ from two others, once for each set. */
export class Distances {
  readonly #sets: FactorSets;
  readonly #targets: readonly [Pairs, Pairs];
  readonly #ignored: ReadonlySet<number>;
  readonly #tables: readonly [Int32Array, Int32Array] | undefined;
  // Numbers, because a pair for each set of a file is much to collect.
  readonly #fromA = new NumberMap<number>();
  readonly #fromB = new NumberMap<number>();

  /**
   * @param sets The sets.
   * @param targets The sets that the others are compared with.
   * @param ignored The ids of names that do not count.
   */
  constructor(
    sets: FactorSets,
    targets: readonly [number | undefined, number | undefined],
    ignored: ReadonlySet<number>,
  ) {
    this.#sets = sets;
    this.#ignored = ignored;
    const [a, b] = targets.map((id) => pairsOf(sets, id, ignored));
    this.#targets = [a!, b!];
    const [ofA, ofB] = this.#targets.map((pairs) => tableOf(pairs, ignored));
    this.#tables = ofA && ofB && [ofA, ofB];
  }

  /** The number of factors in which a set differs from the first; those of a missing set, e.g. 0, all differ. */
  fromA(id: number): number {
    let distance = this.#fromA.get(id);
    if (distance === undefined) {
      const [a, b] = this.#count(id);
      this.#fromA.set(id, distance = a);
      this.#fromB.set(id, b);
    }
    return distance;
  }

  /** The number of factors in which a set differs from the second. */
  fromB(id: number): number {
    this.fromA(id);
    return this.#fromB.get(id) ?? 0;
  }

  #count(id: number): Distance {
    const [a, b] = this.#targets;
    const place = this.#sets.placeOf(id);
    if (place === undefined || this.#tables === undefined) {
      const members = this.#sets.membersOf(id) ?? [];
      return [this.#differences(members, a), this.#differences(members, b)];
    }
    const [ofA, ofB] = scan(this.#sets.texts, place, this.#tables);
    return [a.size + ofA, b.size + ofB];
  }

  #differences(members: Members, target: Pairs): number {
    let count = target.size;
    for (let at = 0; at < members.length; at += 2) {
      const value = target.get(members[at]!);
      if (value === members[at + 1]) count--;
      else if (value === undefined && !this.#ignored.has(members[at]!)) count++;
    }
    return count;
  }
}

/** How many factors differ from each of two sets. */
type Distance = readonly [a: number, b: number];

function pairsOf(
  sets: FactorSets,
  id: number | undefined,
  ignored: ReadonlySet<number>,
): Pairs {
  const members = id === undefined ? [] : sets.membersOf(id) ?? [];
  const pairs = new Map<number, number>();
  for (let at = 0; at < members.length; at += 2) {
    if (!ignored.has(members[at]!)) pairs.set(members[at]!, members[at + 1]!);
  }
  return pairs;
}

/** The greatest id of a name for which there is a table. */
const MOST_NAMES = 1_000_000;
/** The value of names that do not count. */
const IGNORED = -1;

/** The values by the ids of their names, 0 for others; `undefined` if an id is not one of the file. */
function tableOf(
  pairs: Pairs,
  ignored: ReadonlySet<number>,
): Int32Array | undefined {
  const names = [...pairs.keys(), ...ignored];
  const isPlain = (id: number) => id > 0 && id < 2 ** 31;
  if (!names.every((id) => isPlain(id) && id < MOST_NAMES)) return undefined;
  if (![...pairs.values()].every(isPlain)) return undefined;
  const table = new Int32Array(names.reduce((a, b) => Math.max(a, b), 0) + 1);
  for (const [name, value] of pairs) table[name] = value;
  for (const name of ignored) table[name] = IGNORED;
  return table;
}

/**
 * Compares the JSON of a set with two tables, digit by digit: faster than parsing it.
 *
 * @returns for each table, the factors that it lacks, less those that are equal; 0 if the set is damaged.
 */
function scan(
  text: Uint8Array,
  start: number,
  [ofA, ofB]: readonly [Int32Array, Int32Array],
): Distance {
  let a = 0, b = 0, number = 0, name = -1;
  for (let at = start + 1;; at++) {
    const code = text[at]!;
    if (code >= ZERO && code <= NINE) {
      number = number * 10 + code - ZERO;
      continue;
    }
    if (name < 0) name = number;
    else {
      a += changeOf(name < ofA.length ? ofA[name]! : 0, number);
      b += changeOf(name < ofB.length ? ofB[name]! : 0, number);
      name = -1;
    }
    number = 0;
    if (code === END) return [a, b];
    if (code !== COMMA) return [0, 0];
  }
}

function changeOf(known: number, value: number): number {
  return known === value ? -1 : known === 0 ? 1 : 0;
}

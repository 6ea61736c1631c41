/** The sets of factors of many runs, by the ids that the file gives to names and values. */
import { type FactorRecord, setHash } from "./_factor_record.ts";
import { FACTORS_SINCE, keyOfValue } from "./_factor_store.ts";
import { pathOf } from "./_reading.ts";
import { schemaVersion } from "./_schema_version.ts";
import type { Connection } from "./driver.ts";
import { damageError, StorageError } from "./errors.ts";

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
  readonly #texts = new Map<number, string>();
  readonly #members = new Map<number, Members | undefined>();
  readonly #derived = new Map<string, number>();
  readonly #names = new Map<string, number>();
  readonly #values = new Map<string, number>();
  readonly #nameOf = new Map<number, string>();
  readonly #valueOf = new Map<number, string>();
  readonly #maps = new Map<number, ReadonlyMap<string, string>>();
  #next = -1;

  /** @param connection The file. */
  constructor(connection: Connection) {
    this.#connection = connection;
    this.#isStored = schemaVersion(connection) >= FACTORS_SINCE;
  }

  /** Reads sets at once. */
  load(ids: Iterable<number>): void {
    const wanted = [...new Set(ids)]
      .filter((id) => !this.#texts.has(id) && !this.#members.has(id));
    if (wanted.length === 0 || !this.#isStored) return;
    const text = this.#text(isDense(wanted) ? SETS_BETWEEN : SETS, wanted);
    for (const line of text.split("\n")) {
      const at = line.indexOf("[");
      if (at > 0) this.#texts.set(Number(line.slice(0, at)), line.slice(at));
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
    const members = parseMembers(this.#texts.get(id));
    this.#members.set(id, members);
    return members;
  }

  /** The JSON of a set of the file, which may be damaged; `undefined` for others. */
  textOf(id: number): string | undefined {
    return this.#texts.get(id);
  }

  /** Reads the names of all factors, and the values of some sets. */
  loadTexts(ids: Iterable<number>): void {
    if (!this.#isStored) return;
    const names = new Set<number>();
    const values = new Set<number>();
    for (const id of new Set(ids)) {
      const members = this.membersOf(id) ?? [];
      for (let at = 0; at < members.length; at += 2) {
        names.add(members[at]!);
        values.add(members[at + 1]!);
      }
    }
    this.#loadTexts(names, this.#nameOf, NAMES);
    this.#loadTexts(values, this.#valueOf, VALUES);
  }

  #loadTexts(
    ids: ReadonlySet<number>,
    known: Map<number, string>,
    sql: string,
  ): void {
    const wanted = [...ids].filter((id) => !known.has(id));
    if (wanted.length === 0) return;
    const pairs = parsePairs(this.#text(sql, wanted)) ?? [];
    for (const [id, text] of pairs) known.set(Number(id), String(text));
  }

  /**
   * Returns a set as factors; sets are made once.
   *
   * @throws {StorageError} If it is damaged; the error names the run.
   */
  factorsOf(id: number, run: number): ReadonlyMap<string, string> {
    const known = this.#maps.get(id);
    if (known !== undefined) return known;
    const members = this.membersOf(id) ?? this.#refuse(run);
    const map = new Map<string, string>();
    for (let at = 0; at < members.length; at += 2) {
      const name = this.#nameOf.get(members[at]!) ?? this.#refuse(run);
      map.set(name, this.#valueOf.get(members[at + 1]!) ?? this.#refuse(run));
    }
    this.#maps.set(id, map);
    return map;
  }

  /** The ids of names that are accepted. */
  nameIds(accept: (name: string) => boolean): ReadonlySet<number> {
    const accepted = [...this.#nameOf].filter(([, name]) => accept(name));
    return new Set(accepted.map(([id]) => id));
  }

  /** Tells whether one of the values that were read is accepted. */
  hasValue(accept: (value: string) => boolean): boolean {
    return [...this.#valueOf.values()].some(accept);
  }

  /** Reads the names of all factors of the file. */
  loadAllNames(): void {
    if (!this.#isStored) return;
    const row = this.#connection.prepare(ALL_NAMES).get();
    for (const [id, name] of parsePairs(String(row?.["text"] ?? "")) ?? []) {
      this.#nameOf.set(Number(id), String(name));
    }
  }

  #refuse(run: number): never {
    throw damageError(
      { path: pathOf(this.#connection), table: "factor_sets", run },
      "its factors refer to a set, a name or a value that is not there",
    );
  }

  #text(sql: string, ids: readonly number[]): string {
    try {
      const row = this.#connection.prepare(sql).get(JSON.stringify(ids));
      return String(row?.["text"] ?? "");
    } catch (error) {
      // A value of a type that no logger writes: what refers to it is reported.
      if (error instanceof StorageError && error.problem === "other") return "";
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

/** Whether most ids between the least and the greatest are wanted. */
function isDense(ids: readonly number[]): boolean {
  let [least, most] = [Infinity, -Infinity];
  for (const id of ids) {
    if (id < least) least = id;
    if (id > most) most = id;
  }
  return most - least < 4 * ids.length;
}

// One row of text is read much faster than many rows.
const SETS_OF =
  "SELECT group_concat(id || members, char(10)) AS text FROM factor_sets WHERE id";
const SETS = `${SETS_OF} IN (SELECT value FROM json_each(?1))`;
const SETS_BETWEEN = `${SETS_OF} BETWEEN
  (SELECT min(value) FROM json_each(?1)) AND (SELECT max(value) FROM json_each(?1))`;
const PAIR = (value: string): string => `json_array(id, ${value})`;
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

function parsePairs(text: string): [number, unknown][] | undefined {
  try {
    return JSON.parse(`[${text}]`) as [number, unknown][];
  } catch {
    // Damaged: what refers to it is reported.
    return undefined;
  }
}

function parseMembers(text: string | undefined): Members | undefined {
  try {
    const members = JSON.parse(text ?? "null") as unknown;
    return isMembers(members) ? members : undefined;
  } catch {
    // Damaged: what refers to it is reported.
    return undefined;
  }
}

function isMembers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length % 2 === 0 &&
    value.every((id) => Number.isSafeInteger(id));
}

/** Counts the factors in which sets differ, once for each pair of sets. */
export class Distances {
  readonly #sets: FactorSets;
  readonly #target: ReadonlyMap<number, number>;
  readonly #ignored: ReadonlySet<number>;
  readonly #table: Int32Array | undefined;
  readonly #known = new Map<number, number>();

  /**
   * @param sets The sets.
   * @param target The set that the others are compared with.
   * @param ignored The ids of names that do not count.
   */
  constructor(
    sets: FactorSets,
    target: number | undefined,
    ignored: ReadonlySet<number>,
  ) {
    this.#sets = sets;
    this.#ignored = ignored;
    const members = target === undefined ? [] : sets.membersOf(target) ?? [];
    const pairs = new Map<number, number>();
    for (let at = 0; at < members.length; at += 2) {
      if (!ignored.has(members[at]!)) pairs.set(members[at]!, members[at + 1]!);
    }
    this.#target = pairs;
    this.#table = tableOf(pairs, ignored);
  }

  /** The number of factors in which a set differs from the target; those of a missing set all differ. */
  of(id: number | undefined): number {
    if (id === undefined) return this.#target.size;
    let distance = this.#known.get(id);
    if (distance === undefined) {
      this.#known.set(id, distance = this.#count(id));
    }
    return distance;
  }

  #count(id: number): number {
    const text = this.#sets.textOf(id);
    const { size } = this.#target;
    if (text !== undefined && this.#table !== undefined) {
      return size + (scan(text, this.#table) ?? 0);
    }
    let change = 0;
    const members = this.#sets.membersOf(id) ?? [];
    for (let at = 0; at < members.length; at += 2) {
      const value = this.#target.get(members[at]!);
      if (value === members[at + 1]) change--;
      else if (value === undefined && !this.#ignored.has(members[at]!)) {
        change++;
      }
    }
    return size + change;
  }
}

/** The greatest id of a name for which there is a table. */
const MOST_NAMES = 1_000_000;
/** The value of names that do not count. */
const IGNORED = -1;

/** The values by the ids of their names, 0 for others; `undefined` if an id is not one of the file. */
function tableOf(
  pairs: ReadonlyMap<number, number>,
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

const [ZERO, NINE, COMMA, END] = [48, 57, 44, 93];

/**
 * Compares the JSON of a set with a table, digit by digit: faster than parsing it.
 *
 * @returns the factors that the table lacks, less those that are equal; `undefined` if the set is damaged.
 */
function scan(text: string, table: Int32Array): number | undefined {
  let [change, number, name] = [0, 0, -1];
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) number = number * 10 + code - ZERO;
    else if (code !== COMMA && code !== END) return undefined;
    else {
      if (name < 0) name = number;
      else {
        const value = table[name] ?? 0;
        if (value === number) change--;
        else if (value === 0) change++;
        name = -1;
      }
      number = 0;
    }
  }
  return change;
}

/**
 * The Python values that configs use. An integer is a bigint and a float is a number, so that each keeps
 * its arithmetic: `1 / 2`, `7 // 2 == 3`, `str(1.0) == "1.0"`.
 *
 * @module
 */
import type { Place } from "./_syntax.ts";
import { Fault } from "./errors.ts";

/** Any value. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | PyList
  | PyTuple
  | PySet
  | PyDict
  | PyRange
  | PyIterator
  | Callable
  | PyModule
  | LazyName;

/** A list. */
export class PyList {
  items: Value[];
  constructor(items: Value[] = []) {
    this.items = items;
  }
}

/** A tuple. */
export class PyTuple {
  readonly items: readonly Value[];
  constructor(items: readonly Value[] = []) {
    this.items = items;
  }
}

/** The identity of a key: 1, 1.0 and True are the same key. */
export type HashKey = string | bigint | number | null | symbol;

/** Returns the identity of a value as a key of a dict or an element of a set. */
export function hashKey(value: Value): HashKey {
  if (typeof value === "string" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") {
    return Number.isInteger(value) ? BigInt(value) : value;
  }
  if (value === null) return null;
  if (value instanceof PyTuple) {
    const parts = value.items.map((item) => {
      const key = hashKey(item);
      return `${typeof key}:${
        typeof key === "string" ? JSON.stringify(key) : String(key)
      }`;
    });
    return Symbol.for(`ato.tuple(${parts.join(",")})`);
  }
  throw new Fault(`${typeName(value)} cannot be a key or in a set`);
}

/** One key of a dict. */
export interface Entry {
  readonly key: Value;
  value: Value;
  /** The place where the key was set. */
  at: Place | undefined;
}

/** A dict, or mmengine's `ConfigDict`, of which bases consist. */
export class PyDict {
  readonly map: Map<HashKey, Entry> = new Map();
  /** Whether this is a `ConfigDict`: its keys are also attributes, and `update` is deep. */
  readonly isConfig: boolean;

  constructor(isConfig = false) {
    this.isConfig = isConfig;
  }

  get size(): number {
    return this.map.size;
  }

  has(key: Value): boolean {
    return this.map.has(hashKey(key));
  }

  get(key: Value): Value | undefined {
    return this.map.get(hashKey(key))?.value;
  }

  entry(key: Value): Entry | undefined {
    return this.map.get(hashKey(key));
  }

  /** Sets a key; a `ConfigDict` copies dicts and lists and converts dicts to `ConfigDict`s. */
  set(key: Value, value: Value, at: Place | undefined): void {
    const hash = hashKey(key);
    const stored = this.isConfig ? toConfig(value) : value;
    const entry = this.map.get(hash);
    if (entry === undefined) this.map.set(hash, { key, value: stored, at });
    else {
      entry.value = stored;
      entry.at = at;
    }
  }

  /** Sets a key to a value that is already converted for a `ConfigDict`. */
  put(entry: Entry): void {
    const hash = hashKey(entry.key);
    const own = this.map.get(hash);
    if (own === undefined) this.map.set(hash, entry);
    else this.map.set(hash, { ...entry, key: own.key });
  }

  delete(key: Value): boolean {
    return this.map.delete(hashKey(key));
  }
}

/** Converts plain dicts to `ConfigDict`s, also in lists and tuples, which are copied. */
export function toConfig(value: Value): Value {
  if (value instanceof PyDict) {
    if (value.isConfig) return value;
    const copy = new PyDict(true);
    for (const { key, value: item, at } of value.map.values()) {
      copy.set(key, item, at);
    }
    return copy;
  }
  if (value instanceof PyList) return new PyList(value.items.map(toConfig));
  if (value instanceof PyTuple) return new PyTuple(value.items.map(toConfig));
  return value;
}

/** A set, in insertion order. */
export class PySet {
  readonly map: Map<HashKey, Value> = new Map();
  constructor(items: Iterable<Value> = []) {
    for (const item of items) this.add(item);
  }

  add(item: Value): void {
    const key = hashKey(item);
    if (!this.map.has(key)) this.map.set(key, item);
  }
}

/** A range. */
export class PyRange {
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;
  constructor(start: bigint, stop: bigint, step: bigint) {
    if (step === 0n) throw new Fault("the step of a range must not be 0");
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  get length(): bigint {
    const span = this.step > 0n
      ? this.stop - this.start
      : this.start - this.stop;
    const stride = this.step > 0n ? this.step : -this.step;
    return span <= 0n ? 0n : (span + stride - 1n) / stride;
  }
}

/** An iterator, as returned by `zip`, `enumerate` and generators; it can be read once. */
export class PyIterator {
  readonly #items: readonly Value[];
  #next = 0;
  constructor(items: readonly Value[]) {
    this.#items = items;
  }

  next(): Value | undefined {
    return this.#items[this.#next++];
  }

  rest(): readonly Value[] {
    const rest = this.#items.slice(this.#next);
    this.#next = this.#items.length;
    return rest;
  }
}

/** The arguments of a call. */
export interface CallArguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** The place of each named argument. */
  readonly places: ReadonlyMap<string, Place>;
}

/** A function, method or type that can be called. */
export class Callable {
  readonly name: string;
  /** Whether it is a type in Python, which `isinstance` accepts. */
  readonly isType: boolean;
  readonly call: (args: CallArguments) => Value;
  constructor(
    name: string,
    call: (args: CallArguments) => Value,
    isType = false,
  ) {
    this.name = name;
    this.call = call;
    this.isType = isType;
  }
}

/** A module of Python's standard library with its known members. */
export class PyModule {
  readonly name: string;
  readonly members: ReadonlyMap<string, Value>;
  constructor(name: string, members: ReadonlyMap<string, Value>) {
    this.name = name;
    this.members = members;
  }
}

/** A class or module that is only named: mmengine's `LazyObject` and `LazyAttr`. */
export class LazyName {
  /** The module that mmengine writes before the name. */
  readonly module: string;
  /** The name. */
  readonly name: string;
  /** The module of an attribute of this name. */
  readonly inner: string;
  constructor(module: string, name: string, inner: string) {
    this.module = module;
    this.name = name;
    this.inner = inner;
  }

  /** Creates the name for `from module import name`. */
  static imported(module: string, name: string): LazyName {
    return new LazyName(module, name, `${module}.${name}`);
  }

  /** Creates the name for `import module as alias`, which mmengine writes with the module twice. */
  static module(module: string): LazyName {
    return new LazyName(module, module, module);
  }

  attribute(name: string): LazyName {
    return new LazyName(this.inner, name, `${this.inner}.${name}`);
  }

  /** The name as data. */
  get path(): string {
    return `${this.module}.${this.name}`;
  }
}

/** Returns Python's name for the type of a value. */
export function typeName(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return "a bool";
  if (typeof value === "bigint") return "an int";
  if (typeof value === "number") return "a float";
  if (typeof value === "string") return "a str";
  if (value instanceof PyList) return "a list";
  if (value instanceof PyTuple) return "a tuple";
  if (value instanceof PySet) return "a set";
  if (value instanceof PyDict) {
    return value.isConfig ? "a ConfigDict" : "a dict";
  }
  if (value instanceof PyRange) return "a range";
  if (value instanceof PyIterator) return "an iterator";
  if (value instanceof PyModule) return `the module ${value.name}`;
  if (value instanceof LazyName) return `the imported name ${value.path}`;
  return `the function ${value.name}`;
}

/** Whether the value is true in Python. */
export function isTrue(value: Value): boolean {
  if (value instanceof PyList || value instanceof PyTuple) {
    return value.items.length > 0;
  }
  if (value instanceof PyDict || value instanceof PySet) {
    return value.map.size > 0;
  }
  if (value instanceof PyRange) return value.length > 0n;
  if (typeof value === "number") return value !== 0;
  return value !== null && value !== false && value !== 0n && value !== "";
}

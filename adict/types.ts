import type { ADict } from "./adict.ts";

/**
 * The type of an untyped config's values. This is the one place where the type system is told to
 * look away: what a script reads from an untyped config is a number in one line and a mapping in
 * the next, and only the script knows. Give `ADict` or `Scope` a type to have it checked.
 */
// deno-lint-ignore no-explicit-any -- see above: `unknown` would make `config.lr * 2` an error
export type LooseValue = any;

/** A config whose keys are not known to the type system. */
export interface LooseConfig {
  /** Any key. */
  [key: string]: LooseValue;
}

/** Options of {@linkcode ADictMethods.update}. */
export interface UpdateOptions {
  /**
   * Merge mappings into mappings, instead of replacing them.
   *
   * @default false
   */
  readonly deep?: boolean;
}

/** Options of {@linkcode ADictMethods.dump}. */
export interface DumpOptions {
  /**
   * Spaces a level, where the format has a choice.
   *
   * @default 2
   */
  readonly indent?: number;
}

/** What a config can do. A key of the same name is data all the same: reach it by `get`. */
export interface ADictMethods<T extends object = LooseConfig> {
  /** Reads a key; `undefined` if it is missing. */
  get<K extends keyof T & string>(key: K): T[K];
  /** Reads a key; `fallback` if it is missing. */
  get(key: string, fallback?: unknown): unknown;
  /** Sets a key, and returns the config. */
  set(key: string, value: unknown): this;
  /** Whether the key is there. */
  has(key: string): boolean;
  /** Removes a key; gives whether it was there. */
  delete(key: string): boolean;
  /** The keys, in their order. */
  keys(): IterableIterator<string>;
  /** The values, in the order of the keys. */
  values(): IterableIterator<unknown>;
  /** Pairs of key and value. */
  entries(): IterableIterator<[string, unknown]>;
  /** Pairs of key and value. */
  [Symbol.iterator](): IterableIterator<[string, unknown]>;
  /** Sets every key of `source`. */
  update(source: object, options?: UpdateOptions): this;
  /** Sets the keys of `source` that are missing, in nested mappings too. */
  updateIfAbsent(source: object): this;
  /** Keeps the keys that `keep` says yes to. */
  filter(keep: (key: string, value: unknown) => boolean): this;
  /** A mapping of one key and its value: `{ key, value }`. */
  raw(key: string, fallback?: unknown): { key: string; value: unknown };
  /** Gives keys other names, values and all; the two lists pair up. */
  replaceKeys(from: readonly string[], to: readonly string[]): this;
  /** Reads along a dotted path; a key that has dots itself wins. `fallback` if it is missing. */
  getByPath(path: string, fallback?: unknown): unknown;
  /** Sets along a dotted path, making the mappings on the way; a key that has dots itself wins. */
  setByPath(path: string, value: unknown): this;
  /** A deep copy, not frozen. */
  clone(): ADict<T>;
  /** Refuses writes from now on, in all that lies inside too. */
  freeze(): this;
  /** Allows writes again. */
  defrost(): this;
  /** Whether writes are refused, by this config or by one around it. */
  isFrozen(): boolean;
  /** The data as plain objects and arrays. */
  toObject(): T;
  /** What `JSON.stringify` takes: the same as {@linkcode toObject}. */
  toJSON(): T;
  /** The data in the XYZ format. */
  toXyz(): string;
  /** Replaces the data by that of a file. */
  load(path: string | URL): Promise<this>;
  /** Writes the data to a file, in the format that its extension names. */
  dump(path: string | URL, options?: DumpOptions): Promise<void>;
  /** The type at each key path. */
  getStructuralRepr(): Record<string, string>;
  /** `ato-config-v1:` and the SHA-256 of the structural representation, in hex. */
  getStructuralHash(): Promise<string>;
  /** The keys that were read, as a config of their own. */
  getMinimalConfig(): ADict<LooseConfig>;
  /** The paths of all leaves that were read, and of those that were not. */
  getAccess(): { read: string[]; unread: string[] };
}

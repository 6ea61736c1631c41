import type { ADict } from "./adict.ts";
import type {
  DumpOptions,
  MmConfigOptions,
  ResolveOptions,
} from "../readers/mod.ts";
import type { LooseConfig } from "../internal/loose_config.ts";
import type { UpdateOptions } from "./types.ts";

/** The methods of a config. A key with the name of a method is data too: read it with `get`. */
export interface ADictMethods<T extends object = LooseConfig> {
  /**
   * Reads a key. Unlike the dot, this also reaches keys with a method's name.
   *
   * @param key The key.
   * @returns its value; `undefined` if the key is missing.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ lr: 0.1, update: true });
   * assertEquals(config.get("lr"), 0.1);
   * assertEquals(config.get("update"), true); // config.update is the method
   * assertEquals(config.get("epochs", 10), 10);
   * ```
   */
  get<K extends keyof T & string>(key: K): T[K];

  /**
   * Reads several keys.
   *
   * @param keys The keys.
   * @param fallback The value of each missing key.
   * @returns their values, in the order of the list.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ lr: 0.1, epochs: 10 });
   * assertEquals(config.get(["epochs", "lr"]), [10, 0.1]);
   * ```
   */
  get(keys: readonly string[], fallback?: unknown): unknown[];

  /**
   * Reads a key, or returns a fallback. In an auto config, too, a missing key is missing here.
   *
   * @param key The key.
   * @param fallback The value of a missing key.
   * @returns the value, or the fallback.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = ADict.auto({ lr: 0.1 });
   * assertEquals(config.get("epochs", 10), 10);
   * assertEquals(config.get("epochs"), undefined);
   * ```
   */
  get(key: string, fallback?: unknown): unknown;

  /**
   * Sets a key, whatever its name. Mappings and arrays are copied into the config.
   *
   * @param key The key.
   * @param value Its value.
   * @returns the config.
   * @throws {FrozenConfigError} If the config is frozen.
   * @throws {NestingError} If the value contains itself, or nests more than 500 levels deep.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ lr: 0.1 }).set("epochs", 10).set("get", 1);
   * assertEquals(config.toJSON() as object, { lr: 0.1, epochs: 10, get: 1 });
   * ```
   */
  set(key: string, value: unknown): this;

  /**
   * Sets several keys: each to its own value if `values` is a list, otherwise all to the same value.
   *
   * @param keys The keys.
   * @param values A list with a value for each key, or one value for all.
   * @returns the config.
   * @throws {FrozenConfigError} If the config is frozen.
   * @throws {RangeError} If the list does not have one value for each key.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict().set(["lr", "epochs"], [0.1, 10]).set(["debug", "dry"], false);
   * assertEquals(config.toObject(), { lr: 0.1, epochs: 10, debug: false, dry: false });
   * ```
   */
  set(keys: readonly string[], values: unknown): this;

  /**
   * Tells whether the config has a key; the same as `key in config`.
   *
   * @param key The key.
   * @returns `true` if the key exists, even if its value is `undefined`.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = ADict.auto({ lr: 0.1 });
   * assertEquals([config.has("lr"), config.has("epochs")], [true, false]);
   * ```
   */
  has(key: string): boolean;

  /**
   * Removes a key.
   *
   * @param key The key.
   * @returns whether the key existed.
   * @throws {FrozenConfigError} If the config is frozen.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ lr: 0.1, epochs: 10 });
   * assertEquals(config.delete("epochs"), true);
   * assertEquals(config.delete("epochs"), false);
   * ```
   */
  delete(key: string): boolean;

  /**
   * Iterates over the keys.
   *
   * @returns the keys, in the order in which they were first set.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals([...new ADict({ b: 1, a: 2 }).keys()], ["b", "a"]);
   * ```
   */
  keys(): IterableIterator<string>;

  /**
   * Iterates over the values. Every value that is taken counts as read.
   *
   * @returns the values, in the order of the keys.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals([...new ADict({ b: 1, a: 2 }).values()], [1, 2]);
   * ```
   */
  values(): IterableIterator<unknown>;

  /**
   * Iterates over pairs of key and value. Every value that is taken counts as read.
   *
   * @returns the pairs, in the order of the keys.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals([...new ADict({ b: 1 }).entries()], [["b", 1]]);
   * ```
   */
  entries(): IterableIterator<[string, unknown]>;

  /**
   * Does the same as {@linkcode entries}.
   *
   * @returns pairs of key and value.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * for (const [key, value] of new ADict({ lr: 0.1 })) {
   *   assertEquals([key, value], ["lr", 0.1]);
   * }
   * ```
   */
  [Symbol.iterator](): IterableIterator<[string, unknown]>;

  /**
   * Sets every key of a mapping.
   *
   * @param source An object, a `Map` or another config.
   * @param options Whether mappings are merged into mappings instead of replacing them.
   * @returns the config.
   * @throws {FrozenConfigError} If the config is frozen.
   * @throws {TypeError} If the source has no keys, such as an array or a date.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ model: { depth: 50, width: 1 } });
   * config.update({ model: { depth: 101 } }, { deep: true });
   * assertEquals(config.toObject(), { model: { depth: 101, width: 1 } });
   * ```
   */
  update(source: object, options?: UpdateOptions): this;

  /**
   * Sets the keys of a mapping that are missing here, in nested mappings too.
   *
   * @param source An object, a `Map` or another config.
   * @returns the config.
   * @throws {FrozenConfigError} If the config is frozen.
   * @throws {TypeError} If the source has no keys, such as an array or a date.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ lr: 0.1 }).updateIfAbsent({ lr: 1, epochs: 10 });
   * assertEquals(config.toObject() as object, { lr: 0.1, epochs: 10 });
   * ```
   */
  updateIfAbsent(source: object): this;

  /**
   * Keeps some keys and removes the others. Values that are passed to `keep` do not count as read.
   *
   * @param keep Returns whether a key stays.
   * @returns the config, not a copy.
   * @throws {FrozenConfigError} If the config is frozen.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ lr: 0.1, name: "a" });
   * config.filter((_key, value) => typeof value === "number");
   * assertEquals([...config.keys()], ["lr"]);
   * ```
   */
  filter(keep: (key: string, value: unknown) => boolean): this;

  /**
   * Returns one key and its value as a mapping.
   *
   * @param key The key.
   * @param fallback The value of a missing key.
   * @returns a new config with the keys `key` and `value`.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const { key, value } = new ADict({ lr: 0.1 }).raw("lr");
   * assertEquals([key, value], ["lr", 0.1]);
   * ```
   */
  raw(key: string, fallback?: unknown): { key: string; value: unknown };

  /**
   * Renames keys. All of them are removed first, so names can be swapped.
   *
   * @param from Existing keys.
   * @param to Their new names, in the same order.
   * @returns the config.
   * @throws {FrozenConfigError} If the config is frozen.
   * @throws {RangeError} If the lists differ in length, or a key is missing.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ a: 1, b: 2 }).replaceKeys(["a", "b"], ["b", "a"]);
   * assertEquals(config.toObject(), { b: 1, a: 2 });
   * ```
   */
  replaceKeys(from: readonly string[], to: readonly string[]): this;

  /**
   * Reads the value at a path.
   *
   * @param path Keys joined by dots, or a list of keys. In a dotted path, the longest prefix
   * that is a key itself is taken as one key. Numbers lead into arrays.
   * @param fallback The value of a missing path.
   * @returns the value, or the fallback.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ layers: [{ size: 64 }], files: { "a.txt": 1 } });
   * assertEquals(config.getByPath("layers.0.size"), 64);
   * assertEquals(config.getByPath("files.a.txt"), 1);
   * assertEquals(config.getByPath(["files", "a", "txt"], "none"), "none");
   * ```
   */
  getByPath(
    path: string | readonly (string | number)[],
    fallback?: unknown,
  ): unknown;

  /**
   * Sets the value at a path. A value on the way that is not a mapping or an array is replaced by a mapping.
   *
   * @param path Keys joined by dots, or a list of keys. In a dotted path, the longest prefix
   * that is a key itself is taken as one key. Numbers lead into arrays.
   * @param value The value.
   * @returns the config.
   * @throws {FrozenConfigError} If the config is frozen.
   * @throws {RangeError} If the path is an empty list or has more than 500 keys, or if it leads to an
   * index of an array that is neither an item nor the next one.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict<Record<string, unknown>>({ layers: [64] });
   * config.setByPath("model.backbone.depth", 50).setByPath("layers.1", 128);
   * assertEquals(config.toObject(), {
   *   layers: [64, 128],
   *   model: { backbone: { depth: 50 } },
   * });
   * ```
   */
  setByPath(path: string | readonly (string | number)[], value: unknown): this;

  /**
   * Copies the config. Dates, class instances and other objects are shared with the copy.
   *
   * @returns a deep copy: it is not frozen, no key counts as read, and properties under symbols are kept.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ layers: [64] }).freeze();
   * const copy = config.clone();
   * copy.layers.push(128);
   * assertEquals(config.layers.length, 1);
   * ```
   */
  clone(): ADict<T>;

  /**
   * Refuses writes from now on, also to nested mappings and arrays. In a frozen auto config a missing key
   * is `undefined`.
   *
   * @returns the config.
   *
   * @example
   * ```ts
   * import { ADict, FrozenConfigError } from "@ato/ato/adict";
   * import { assertThrows } from "@std/assert";
   *
   * const config = new ADict({ model: { layers: [64] } }).freeze();
   * assertThrows(
   *   () => config.model.layers.push(128),
   *   FrozenConfigError,
   *   'Cannot write to "model.layers.1"',
   * );
   * ```
   */
  freeze(): this;

  /**
   * Allows writes again, unless a config around this one is frozen.
   *
   * @returns the config.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ lr: 0.1 }).freeze().defrost();
   * config.lr = 0.2;
   * assertEquals(config.lr, 0.2);
   * ```
   */
  defrost(): this;

  /**
   * Tells whether writes are refused, by this config or by one around it.
   *
   * @returns whether it is frozen.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new ADict({ lr: 0.1 }).freeze().isFrozen(), true);
   * ```
   */
  isFrozen(): boolean;

  /**
   * Replaces interpolations with their values: `"${optimizer.lr}"` with the value at `optimizer.lr`,
   * `"run_${name}"` with a string, `"${oc.env:HOME}"` with the result of a resolver. The grammar is
   * OmegaConf's; see `docs/interpolation.md`. Each is evaluated when it is needed, so their order does not
   * matter. If one has no value, the config is not changed.
   *
   * @param options The keys to resolve, the resolvers and the environment.
   * @returns the config.
   * @throws {InterpolationError} If an interpolation has no value; it names the key of the interpolation.
   * @throws {InterpolationCycleError} If interpolations need each other; it names the chain.
   * @throws {MandatoryValueError} If a value is `???`: it is mandatory and was not given.
   * @throws {FrozenConfigError} If the config is frozen.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({
   *   lr: 0.1,
   *   name: "resnet",
   *   optimizer: { lr: "${lr}", warmup: "${half:${.lr}}" },
   *   run: "${name}_${lr}",
   * });
   * config.resolve({ resolvers: { half: (value) => Number(value) / 2 } });
   * assertEquals(config.toObject(), {
   *   lr: 0.1,
   *   name: "resnet",
   *   optimizer: { lr: 0.1, warmup: 0.05 },
   *   run: "resnet_0.1",
   * } as object);
   * ```
   */
  resolve(options?: ResolveOptions): this;

  /**
   * Copies the data to plain objects and arrays. This does not count as reading. Use it with
   * `structuredClone` and `postMessage`, which refuse the proxies of a config.
   *
   * @returns plain data; a value that is not a mapping or an array is the same object.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ model: { depth: 50 } });
   * assertEquals(structuredClone(config.toObject()), { model: { depth: 50 } });
   * ```
   */
  toObject(): T;

  /**
   * Returns the data for `JSON.stringify`.
   *
   * @returns the same as {@linkcode toObject}.
   * @throws {UnsupportedValueError} If `JSON.stringify` calls it and would silently change a value, such as
   * a `Map` or an instance of a class without a method `toJSON`; it names the path.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(JSON.stringify(new ADict({ lr: 0.1 })), '{"lr":0.1}');
   * ```
   */
  toJSON(): T;

  /**
   * Writes the data in Python ato's XYZ format.
   *
   * @returns the text of the file.
   * @throws {UnsupportedValueError} If XYZ has no form for a value; it names the path.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new ADict({ model: { depth: 50 } }).toXyz(), "model:\n  depth: 50");
   * ```
   */
  toXyz(): string;

  /**
   * Replaces the data with the content of a file. If the file cannot be read, the config is not changed.
   *
   * @param path A `.json`, `.yaml`, `.yml`, `.toml` or `.xyz` file that holds one mapping.
   * @returns the config.
   * @throws {ConfigFileError} If the file cannot be read, or its format is unknown.
   * @throws {ConfigSyntaxError} If its text breaks the rules of its format, with line and column.
   * @throws {FrozenConfigError} If the config is frozen.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   * import { mkdtemp, rm } from "node:fs/promises";
   * import { tmpdir } from "node:os";
   *
   * const folder = await mkdtemp(`${tmpdir()}/ato-`);
   * const file = `${folder}/config.toml`;
   * await new ADict({ lr: 0.1 }).dump(file);
   * const config = await new ADict<Record<string, unknown>>({ old: 1 }).load(file);
   * assertEquals(config.toObject(), { lr: 0.1 });
   * await rm(folder, { recursive: true });
   * ```
   */
  load(path: string | URL): Promise<this>;

  /**
   * Sets the keys of an OpenMMLab config, as `ADict.fromMmConfig` reads it.
   * Other keys stay. If the file cannot be read, the config is not changed.
   *
   * @param path A `.py` file; also a `.json` or `.yaml` file with `_base_`.
   * @param options The folders of the packages that bases are read from.
   * @returns the config.
   * @throws {MmConfigError} If the file, or one of its bases, cannot be read.
   * @throws {FrozenConfigError} If the config is frozen.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   * import { mkdtemp, rm, writeFile } from "node:fs/promises";
   * import { tmpdir } from "node:os";
   *
   * const folder = await mkdtemp(`${tmpdir()}/ato-`);
   * await writeFile(`${folder}/run.py`, "scales = [2**i for i in range(3)]\n");
   * const config = await new ADict<Record<string, unknown>>({ seed: 1 })
   *   .loadMmConfig(`${folder}/run.py`);
   * assertEquals(config.toObject(), { seed: 1, scales: [1, 2, 4] });
   * await rm(folder, { recursive: true });
   * ```
   */
  loadMmConfig(path: string | URL, options?: MmConfigOptions): Promise<this>;

  /**
   * Writes the data to a file: completely, or not at all. Missing folders are created.
   *
   * @param path The file; its extension names the format.
   * @param options The indentation.
   * @throws {UnsupportedValueError} If the format cannot hold a value; it names the path.
   * @throws {ConfigFileError} If the file cannot be written, or its format is unknown.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   * import { mkdtemp, readFile, rm } from "node:fs/promises";
   * import { tmpdir } from "node:os";
   *
   * const folder = await mkdtemp(`${tmpdir()}/ato-`);
   * const file = `${folder}/run/config.yaml`;
   * await new ADict({ lr: 0.1 }).dump(file);
   * assertEquals(await readFile(file, "utf8"), "lr: 0.1\n");
   * await rm(folder, { recursive: true });
   * ```
   */
  dump(path: string | URL, options?: DumpOptions): Promise<void>;

  /**
   * Returns the type at each key path. The type of an array is the set of its elements' types.
   *
   * @returns types by path, such as `number`, `array<string>`, `mapping` (an empty one), `class Point`; an object
   * without a prototype.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ lr: 0.1, model: { layers: [64, "same"] } });
   * assertEquals({ ...config.getStructuralRepr() }, {
   *   lr: "number",
   *   "model.layers": "array<number|string>",
   * });
   * ```
   */
  getStructuralRepr(): Record<string, string>;

  /**
   * Tells whether another config has the same structure: the same keys with the same types. Values, the
   * order of keys and the length of arrays do not count. It is `true` if both have the same structural
   * hash.
   *
   * @param other A config, or an object or `Map` with its data.
   * @returns whether the structures are the same.
   * @throws {TypeError} If the other has no keys, such as an array or a date.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const small = new ADict({ lr: 0.1, layers: [64] });
   * assertEquals(small.hasSameStructure({ layers: [64, 128], lr: 0.2 }), true);
   * assertEquals(small.hasSameStructure({ layers: [64], lr: "0.1" }), false);
   * ```
   */
  hasSameStructure(other: object): boolean;

  /**
   * Hashes the structure: keys and types, but not values, the order of keys or the length of arrays. To
   * compare two configs use {@linkcode ADictMethods.hasSameStructure}: hashes are promises, and `===` on
   * two promises is false even if they resolve to the same string.
   *
   * @returns `ato-config-v1:` and the SHA-256 of the sorted `path:type` lines, in hex.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const small = new ADict({ lr: 0.1, layers: [64] });
   * const large = new ADict({ layers: [64, 128], lr: 0.2 });
   * assertEquals(await small.getStructuralHash(), await large.getStructuralHash());
   * ```
   */
  getStructuralHash(): Promise<string>;

  /**
   * Returns the keys that were read, in nested mappings too. Dumps, hashes, clones and `console.log` do
   * not count as reading.
   *
   * @returns a new config.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ lr: 0.1, model: { depth: 50, width: 1 } });
   * assertEquals(config.lr * config.model.depth, 5);
   * assertEquals(config.getMinimalConfig().toObject(), { lr: 0.1, model: { depth: 50 } });
   * ```
   */
  getMinimalConfig(): ADict<LooseConfig>;

  /**
   * Returns the leaves that were read, and those that were not. An array is a leaf.
   *
   * @returns the paths of both, in the order of the data.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ lr: 0.1, model: { depth: 50 } });
   * assertEquals(config.lr, 0.1);
   * assertEquals(config.getAccess(), { read: ["lr"], unread: ["model.depth"] });
   * ```
   */
  getAccess(): { read: string[]; unread: string[] };
}

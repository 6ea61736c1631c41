import type { ADict } from "./adict.ts";
import type {
  DumpOptions,
  MmConfigOptions,
  ResolveOptions,
} from "../readers/mod.ts";
import type { LooseConfig } from "../internal/loose_config.ts";
import type { UpdateOptions } from "./types.ts";

/** What a config can do. A key of the same name is data all the same: reach it by `get`. */
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
   * @param fallback What each missing key gives.
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
   * Reads a key, or gives a fallback. An auto config makes nothing up here.
   *
   * @param key The key.
   * @param fallback What a missing key gives.
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
   * @throws {FrozenConfigError} if the config is frozen.
   * @throws {NestingError} if the value contains itself, or nests more than 500 levels deep.
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
   * Sets several keys: to one value each, if `values` is a list, otherwise all to the same value.
   *
   * @param keys The keys.
   * @param values A list with a value for each key, or one value for all.
   * @returns the config.
   * @throws {FrozenConfigError} if the config is frozen.
   * @throws {RangeError} if the list has not as many values as there are keys.
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
   * Whether a key is there; the same as `key in config`.
   *
   * @param key The key.
   * @returns `true` for keys, also those whose value is `undefined`.
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
   * @returns whether it was there.
   * @throws {FrozenConfigError} if the config is frozen.
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
   * The keys.
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
   * The values. Every value that is taken counts as read.
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
   * Pairs of key and value. Every value that is taken counts as read.
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
   * The same as {@linkcode entries}.
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
   * @param options Whether mappings are merged into mappings; otherwise they replace them.
   * @returns the config.
   * @throws {FrozenConfigError} if the config is frozen.
   * @throws {TypeError} if the source has no keys to take, as an array or a date.
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
   * @throws {FrozenConfigError} if the config is frozen.
   * @throws {TypeError} if the source has no keys to take, as an array or a date.
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
   * Keeps some keys and removes the others. What `keep` looks at does not count as read.
   *
   * @param keep Says which keys stay.
   * @returns the config, not a copy.
   * @throws {FrozenConfigError} if the config is frozen.
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
   * One key with its value, as a mapping of its own.
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
   * Gives keys other names. All are taken away first, so names can be swapped.
   *
   * @param from Keys that are there.
   * @param to Their new names, in the same order.
   * @returns the config.
   * @throws {FrozenConfigError} if the config is frozen.
   * @throws {RangeError} if the lists differ in length, or a key is missing.
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
   * Reads along a path.
   *
   * @param path Keys joined by dots, or a list of keys. In a dotted path, the longest beginning
   * that is a key itself is taken for one. Numbers lead into arrays.
   * @param fallback What a missing path gives.
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
   * Sets along a path. What is no mapping or array on the way is replaced by a mapping.
   *
   * @param path Keys joined by dots, or a list of keys. In a dotted path, the longest beginning
   * that is a key itself is taken for one. Numbers lead into arrays.
   * @param value The value.
   * @returns the config.
   * @throws {FrozenConfigError} if the config is frozen.
   * @throws {RangeError} if the path is an empty list or has more than 500 keys, or if it leads to a
   * place of an array that is neither an item nor the next one.
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
   * Copies the config. Dates, class instances and the like are shared with the copy.
   *
   * @returns a deep copy: not frozen, nothing read yet, properties under symbols kept.
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
   * Refuses writes from now on, to all that lies inside too. A frozen auto config makes nothing up:
   * a missing key is `undefined`.
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
   * Whether writes are refused, by this config or by one around it.
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
   * Replaces interpolations by their values: `"${optimizer.lr}"` by the value at `optimizer.lr`,
   * `"run_${name}"` by a text, `"${oc.env:HOME}"` by what a resolver gives. The grammar is OmegaConf's; see
   * `docs/interpolation.md`. Each is worked out when it is needed, so their order does not matter. If one
   * has no value, the config stays as it was.
   *
   * @param options What to resolve, and with what.
   * @returns the config.
   * @throws {InterpolationError} if an interpolation has no value, naming the key that holds it.
   * @throws {InterpolationCycleError} if interpolations need each other, naming the chain.
   * @throws {MandatoryValueError} if a value is `???`, which is to say that it must be given.
   * @throws {FrozenConfigError} if the config is frozen.
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
   * Copies the data to plain objects and arrays. This does not count as reading. Also the way to
   * `structuredClone` and `postMessage`, which refuse the proxies that a config is made of.
   *
   * @returns plain data; what is no mapping or array is the same object.
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
   * What `JSON.stringify` takes.
   *
   * @returns the same as {@linkcode toObject}.
   * @throws {UnsupportedValueError} if `JSON.stringify` asks and would change a value in silence, such as
   * a `Map` or an instance of a class without a `toJSON` of its own, naming its path.
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
   * @returns the text.
   * @throws {UnsupportedValueError} if XYZ has no form for a value, naming its path.
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
   * Replaces the data by that of a file. If the file is broken, the config stays as it is.
   *
   * @param path A `.json`, `.yaml`, `.yml`, `.toml` or `.xyz` file that holds one mapping.
   * @returns the config.
   * @throws {ConfigFileError} if the file cannot be read, or its format is not known.
   * @throws {ConfigSyntaxError} if its text breaks the rules of its format, with line and column.
   * @throws {FrozenConfigError} if the config is frozen.
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
   * Takes the keys of an OpenMMLab config, as `ADict.fromMmConfig` reads it.
   * Other keys stay. If the file is broken, the config stays as it is.
   *
   * @param path A `.py` file; also a `.json` or `.yaml` file with `_base_`.
   * @param options Where packages lie that bases are taken from.
   * @returns the config.
   * @throws {MmConfigError} if the file, or one that it builds upon, cannot be read.
   * @throws {FrozenConfigError} if the config is frozen.
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
   * Writes the data to a file: wholly, or not at all. Missing folders are made.
   *
   * @param path The file; its extension names the format.
   * @param options The indentation.
   * @throws {UnsupportedValueError} if the format cannot hold a value, naming its path.
   * @throws {ConfigFileError} if the file cannot be written, or its format is not known.
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
   * Names the type at each key path. An array has one type, the set of its elements' types.
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
   * Whether another config has the same structure: the same keys with the same types. Neither values, nor
   * the order of keys, nor the length of arrays count. It is `true` where both have the same structural
   * hash.
   *
   * @param other A config, or an object or `Map` to make one of.
   * @returns whether the structures are the same.
   * @throws {TypeError} if the other has no keys to take, as an array or a date.
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
   * Hashes the structure: keys and types, but neither values, nor the order of keys, nor the length
   * of arrays. To compare two configs at hand use {@linkcode ADictMethods.hasSameStructure}: hashes are
   * promises, which `===` tells apart even if they stand for the same text.
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
   * The keys that were read, in nested mappings too. Dumps, hashes, clones and `console.log` do not
   * count as reading.
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
   * Which values were read, and which never were. A value is what is no mapping; an array is one.
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

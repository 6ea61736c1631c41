import { kindOf } from "../internal/kind_of.ts";
import { CONFIG_ACCESS, type ConfigAccess } from "../internal/config_access.ts";
import { minimalData, sortLeaves } from "./_access.ts";
import { accessOf } from "./_config_access.ts";
import { refusePlaceholder, setMappingFactory } from "./_adopt.ts";
import {
  BOOLEAN,
  checkFilePath,
  checkKey,
  checkOptions,
} from "../internal/check_options.ts";
import { refuseLossyJson } from "./_lossy_json.ts";
import { createMapping, deleteKey, writeKey } from "./_mapping_handler.ts";
import {
  isFrozen,
  markAccess,
  markEscape,
  type Node,
  nodeOf,
  readData,
  silently,
} from "./_node.ts";
import { notifyMissing } from "./_observe.ts";
import { getAlong, type PathLike, setAlong } from "./_path_access.ts";
import { plainValue, toPlain } from "./_plain.ts";
import { mergeAbsent, mergeDeep, takeKey } from "./_merge.ts";
import { adoptOrigins } from "./origins.ts";
import { keepFlavour, resolveNode } from "./_resolve.ts";
import {
  hashStructure,
  isSameStructure,
  structureOf,
} from "../internal/structure.ts";
import type { ComposeOptions } from "./compose.ts";
import type { ADictConstructor } from "./constructor.ts";
import type { ADictMethods } from "./methods.ts";
import {
  type DataWithOrigins,
  type DumpOptions,
  dumpXyz,
  type HydraOptions,
  loadFiles,
  loadReader,
  type MmConfigOptions,
  type ResolveOptions,
} from "../readers/mod.ts";
import type { LooseConfig } from "../internal/loose_config.ts";
import type { UpdateOptions } from "./types.ts";

class ADictClass implements ADictMethods {
  constructor(init?: object) {
    return fillNew(
      createMapping(this, false, METHODS, newMapping),
      init,
    ) as ADictClass;
  }

  static auto(init?: object): ADictClass {
    const target = Object.create(ADictClass.prototype);
    return fillNew(
      createMapping(target, true, METHODS, newMapping),
      init,
    ) as ADictClass;
  }

  static async fromFile(
    path: string | URL,
  ): Promise<ADictClass | ADictClass[]> {
    checkFilePath(path, "read a config");
    const { readConfigFile } = await loadFiles();
    const data = await readConfigFile(path);
    return Array.isArray(data)
      ? data.map((item) => new ADictClass(item))
      : new ADictClass(data);
  }

  static async fromMmConfig(
    path: string | URL,
    options?: MmConfigOptions,
  ): Promise<ADictClass> {
    checkFilePath(path, "read a config");
    const { readMmConfig } = await loadReader("openmmlab", path);
    return configOf(await readMmConfig(path, options));
  }

  static async fromHydra(options: HydraOptions): Promise<ADictClass> {
    const { composeHydra } = await loadReader("hydra", options?.configDir);
    const reading = await composeHydra(options);
    const config = configOf(reading);
    keepFlavour(nodeFor(config), reading.flavour);
    return config;
  }

  static async composeHierarchy(options: ComposeOptions): Promise<ADictClass> {
    const { composeHierarchy } = await import("./compose.ts");
    return await composeHierarchy(options, new ADictClass() as never) as never;
  }

  get(key: string | readonly string[], fallback?: unknown): never {
    if (Array.isArray(key)) {
      return key.map((one) => this.get(one, fallback)) as never;
    }
    const name = checkKey(key, "read");
    const node = nodeFor(this);
    if (Object.hasOwn(node.data, name)) return read(node, name) as never;
    if (fallback === undefined) notifyMissing(node, name);
    return fallback as never;
  }

  set(key: string | readonly string[], value: unknown): this {
    if (Array.isArray(key)) return setEach(this, key, value);
    writeKey(nodeFor(this), checkKey(key, "set"), value);
    return this;
  }

  has(key: string): boolean {
    return Object.hasOwn(nodeFor(this).data, checkKey(key, "look for a key"));
  }

  delete(key: string): boolean {
    return deleteKey(nodeFor(this), checkKey(key, "delete"));
  }

  *keys(): Generator<string> {
    yield* Object.keys(nodeFor(this).data);
  }

  *values(): Generator<unknown> {
    const node = nodeFor(this);
    for (const key of Object.keys(node.data)) yield read(node, key);
  }

  *entries(): Generator<[string, unknown]> {
    const node = nodeFor(this);
    for (const key of Object.keys(node.data)) yield [key, read(node, key)];
  }

  [Symbol.iterator](): Generator<[string, unknown]> {
    return this.entries();
  }

  update(source: object, options: UpdateOptions = {}): this {
    checkOptions(options, { deep: BOOLEAN }, "update a config");
    const node = nodeFor(this);
    const from = sourceData(source);
    if (options.deep) mergeDeep(node, from);
    else for (const key of Object.keys(from)) takeKey(node, key, from);
    return this;
  }

  updateIfAbsent(source: object): this {
    mergeAbsent(nodeFor(this), sourceData(source));
    return this;
  }

  filter(keep: (key: string, value: unknown) => boolean): this {
    if (typeof keep !== "function") {
      throw new TypeError(
        `Cannot filter a config: give a function of key and value, not ${
          kindOf(keep)
        }`,
      );
    }
    const node = nodeFor(this);
    for (const key of Object.keys(node.data)) {
      if (!silently(() => keep(key, readData(node, key)))) deleteKey(node, key);
    }
    return this;
  }

  raw(key: string, fallback?: unknown): { key: string; value: unknown } {
    const name = checkKey(key, "read");
    return new ADictClass({
      key: name,
      value: this.get(name, fallback),
    }) as never;
  }

  replaceKeys(from: readonly string[], to: readonly string[]): this {
    for (const keys of [from, to]) {
      if (!Array.isArray(keys)) {
        throw new TypeError(
          `Cannot replace keys: give two lists of keys, not ${kindOf(keys)}`,
        );
      }
      for (const key of keys) checkKey(key, "replace keys");
    }
    if (from.length !== to.length) {
      throw new RangeError(
        `Cannot replace keys: there are ${from.length} old names and ${to.length} new names; give the same number of each`,
      );
    }
    const missing = from.find((key) => !this.has(key));
    if (missing !== undefined) {
      throw new RangeError(
        `Cannot replace keys: there is no key "${missing}"; give existing keys`,
      );
    }
    const node = nodeFor(this);
    const values = from.map((key) => plainValue(readData(node, key)));
    for (const key of from) deleteKey(node, key);
    to.forEach((key, i) => writeKey(node, key, values[i]));
    return this;
  }

  getByPath(path: PathLike, fallback?: unknown): unknown {
    return getAlong(nodeFor(this), path, fallback);
  }

  setByPath(path: PathLike, value: unknown): this {
    setAlong(nodeFor(this), path, value);
    return this;
  }

  clone(): ADict {
    const node = nodeFor(this);
    markEscape(node);
    const copy = node.auto
      ? ADictClass.auto(node.data)
      : new ADictClass(node.data);
    if (node.symbols !== undefined) {
      nodeFor(copy).symbols = new Map(node.symbols);
    }
    return copy as never;
  }

  freeze(): this {
    nodeFor(this).frozen = true;
    return this;
  }

  defrost(): this {
    nodeFor(this).frozen = false;
    return this;
  }

  isFrozen(): boolean {
    return isFrozen(nodeFor(this));
  }

  resolve(options?: ResolveOptions): this {
    resolveNode(nodeFor(this), options);
    return this;
  }

  toObject(): LooseConfig {
    const node = nodeFor(this);
    markEscape(node);
    return toPlain(node) as LooseConfig;
  }

  toJSON(key?: unknown): LooseConfig {
    const data = this.toObject();
    // `JSON.stringify` passes the key of the config; a caller that passes none wants the data.
    if (key !== undefined) refuseLossyJson(data);
    return data;
  }

  toXyz(): string {
    return dumpXyz(toPlain(nodeFor(this)) as LooseConfig);
  }

  async load(path: string | URL): Promise<this> {
    checkFilePath(path, "load a config");
    const { readConfigMapping } = await loadFiles();
    const data = await readConfigMapping(path);
    const node = nodeFor(this);
    for (const key of Object.keys(node.data)) {
      if (!Object.hasOwn(data, key)) deleteKey(node, key);
    }
    return this.update(data);
  }

  async loadMmConfig(
    path: string | URL,
    options?: MmConfigOptions,
  ): Promise<this> {
    return this.update(await ADictClass.fromMmConfig(path, options));
  }

  async dump(path: string | URL, options?: DumpOptions): Promise<void> {
    checkFilePath(path, "dump a config");
    const { writeConfigFile } = await loadFiles();
    await writeConfigFile(path, toPlain(nodeFor(this)), options);
  }

  getStructuralRepr(): Record<string, string> {
    return structureOfNode(nodeFor(this));
  }

  hasSameStructure(other: object): boolean {
    refusePlaceholder(other);
    const node = nodeOf(other) ?? nodeFor(new ADictClass(sourceData(other)));
    if (Array.isArray(node.data)) {
      throw new TypeError(
        "Cannot compare structures: the other value is a list; give a config or an object",
      );
    }
    return isSameStructure(
      structureOfNode(nodeFor(this)),
      structureOfNode(node),
    );
  }

  getStructuralHash(): Promise<string> {
    return hashStructure(structureOfNode(nodeFor(this)));
  }

  getMinimalConfig(): ADict {
    return new ADictClass(minimalData(nodeFor(this))) as never;
  }

  getAccess(): { read: string[]; unread: string[] } {
    const out = { read: [], unread: [] };
    sortLeaves(nodeFor(this), out);
    return out;
  }

  /** The contract with other rooms; using it does not count as reading a key. */
  [CONFIG_ACCESS](): ConfigAccess {
    return accessOf(nodeFor(this));
  }

  /** Formats the data for `console.log` under Deno. */
  [Symbol.for("Deno.customInspect")](
    inspect: (value: unknown, options: unknown) => string,
    options: unknown,
  ): string {
    return `ADict ${inspect(toPlain(nodeFor(this)), options)}`;
  }

  /** Formats the data for `console.log` under Node. */
  [Symbol.for("nodejs.util.inspect.custom")](
    _depth: number,
    options: unknown,
    inspect: (value: unknown, options: unknown) => string,
  ): string {
    return `ADict ${inspect(toPlain(nodeFor(this)), options)}`;
  }
}

/** The names that are methods in `config.name`. */
const METHODS: ReadonlySet<string> = new Set(
  Object.getOwnPropertyNames(ADictClass.prototype).filter((name) =>
    name !== "constructor"
  ),
);

function newMapping(auto: boolean): Node {
  return createMapping(
    Object.create(ADictClass.prototype),
    auto,
    METHODS,
    newMapping,
  );
}

setMappingFactory(newMapping);

function nodeFor(config: object): Node {
  const node = nodeOf(config);
  if (node === undefined) {
    throw new TypeError("Cannot use an ADict method: `this` is not an ADict");
  }
  return node;
}

/** Returns the structure of a config, without counting as reading it. */
function structureOfNode(node: Node): Record<string, string> {
  return structureOf(node.data, (value) => nodeOf(value)?.data);
}

/** Sets each key to its value, or all to the same value; nothing is set if an argument is wrong. */
function setEach<C extends ADictClass>(
  config: C,
  keys: readonly string[],
  values: unknown,
): C {
  for (const key of keys) checkKey(key, "set");
  if (Array.isArray(values) && values.length !== keys.length) {
    throw new RangeError(
      `Cannot set keys: there are ${keys.length} keys and ${values.length} values; give one value for each key, or one value that is not a list`,
    );
  }
  keys.forEach((key, i) =>
    config.set(key, Array.isArray(values) ? values[i] : values)
  );
  return config;
}

/** Makes a config from the data of a reader. */
function configOf({ data, origins }: DataWithOrigins): ADictClass {
  const config = new ADictClass(data);
  adoptOrigins(nodeFor(config), origins);
  return config;
}

function read(node: Node, key: string): unknown {
  markAccess(node, key);
  return readData(node, key);
}

function fillNew(node: Node, init: object | undefined): object {
  if (init !== undefined) {
    const from = sourceData(init);
    for (const key of Object.keys(from)) takeKey(node, key, from);
  }
  return node.proxy;
}

/** Returns the data that a config is made or updated from. */
function sourceData(source: unknown): Record<string, unknown> {
  const container = nodeOf(source);
  refusePlaceholder(source);
  if (container !== undefined) markEscape(container);
  const data = container?.data ?? source;
  if (data instanceof Map) return mapData(data);
  // Literals, class instances and configs have the tag `Object`. Dates, sets, buffers and similar objects
  // have no keys, and would silently make an empty config.
  if (Object.prototype.toString.call(data) !== "[object Object]") {
    throw new TypeError(
      `Cannot make a config from ${
        kindOf(data)
      }: give an object, a Map or a config`,
    );
  }
  return data as Record<string, unknown>;
}

/** Returns the data of a `Map`; its keys must be strings, because 1 and "1" would become one key. */
function mapData(map: ReadonlyMap<unknown, unknown>): Record<string, unknown> {
  for (const key of map.keys()) {
    if (typeof key !== "string") {
      throw new TypeError(
        `Cannot make a config from a Map with a key that is ${
          kindOf(key)
        }: keys must be strings`,
      );
    }
  }
  return Object.fromEntries(map);
}

/**
 * A config dictionary with a structural hash: its keys are properties, and it has the methods of
 * {@linkcode ADictMethods}. Nested mappings are ADicts too; their type is that of plain data, so that
 * plain objects can be assigned to them.
 *
 * @example
 * ```ts
 * import { ADict } from "@ato/ato/adict";
 * import { assertEquals } from "@std/assert";
 *
 * const config = new ADict({ lr: 0.1, model: { depth: 50 } });
 * assertEquals(config.model.depth, 50);
 *
 * const other = config.clone();
 * other.lr = 0.2; // a value: same structure
 * assertEquals(config.hasSameStructure(other), true);
 * other.set("warmup", 5); // a new key: another structure
 * assertEquals(config.hasSameStructure(other), false);
 * ```
 */
export type ADict<T extends object = LooseConfig> =
  & Omit<T, keyof ADictMethods>
  & ADictMethods<T>;

/** The class of {@linkcode ADict}: `new ADict({ lr: 0.1 })`. */
export const ADict: ADictConstructor =
  ADictClass as unknown as ADictConstructor;

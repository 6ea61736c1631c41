import { MAX_DEPTH, maxValues, TOO_DEEP } from "../../internal/limits.ts";
import type {
  YamlAlias,
  YamlList,
  YamlMap,
  YamlNode,
  YamlScalar,
  YamlSource,
} from "./document.ts";

/** The prefix of the tags of YAML itself. */
export const YAML_TAG = "tag:yaml.org,2002:";

/** A key and its value, after `<<` is resolved. */
export interface YamlEntry<T> {
  readonly name: string;
  readonly key: YamlNode;
  readonly value: T;
}

type Container = YamlList | YamlMap;

/** The pairs of a mapping, by name. */
type Pairs = ReadonlyMap<string, readonly [key: YamlNode, value: YamlNode]>;

/**
 * Makes values of a document: aliases, `<<`, keys and the bounds of both readers. What scalars are
 * and what values are made of is said by the class that extends it.
 */
export abstract class YamlReader<T> {
  /** The content to read. */
  protected readonly source: YamlSource;
  readonly #aliases = new Map<YamlAlias, Exclude<YamlNode, YamlAlias>>();
  /** The containers that are being read, from the outermost to the innermost. */
  readonly #stack: Container[] = [];
  readonly #flat = new Map<YamlMap, Pairs | "pending">();
  readonly #scalars: YamlScalar[] = [];
  /** The mappings whose pairs are being collected, each for the previous one. */
  #merging = 0;
  #written = 0;
  #values = 0;

  /** @param source The content to read. */
  constructor(source: YamlSource) {
    this.source = source;
  }

  /** The value of a scalar. */
  protected abstract scalar(node: YamlScalar): T;
  /** The value of a list. */
  protected abstract list(node: YamlList, items: T[]): T;
  /** The value of a mapping. */
  protected abstract map(node: YamlMap, entries: YamlEntry<T>[]): T;
  /** The name of a key. */
  protected abstract keyName(node: YamlScalar): string;

  /** Checks all scalars of the text before any is read. */
  protected check(_scalars: readonly YamlScalar[]): void {}

  /** Checks a node whose anchor was used before. */
  protected anchorAgain(_node: YamlNode): void {}

  /** Tells whether a name can occur twice in a mapping, so that the last one wins. */
  protected mayRepeat(_name: string): boolean {
    return false;
  }

  /**
   * Reads the document.
   *
   * @returns its value; `undefined` if there is none.
   */
  read(): T | undefined {
    const root = this.source.root();
    if (root !== undefined) this.#findAliases(root, new Map());
    this.check(this.#scalars);
    return root && this.#value(root);
  }

  /** Resolves each alias to the last node before it with that anchor. */
  #findAliases(
    node: YamlNode,
    anchors: Map<string, Exclude<YamlNode, YamlAlias>>,
  ): void {
    this.#written++;
    if (node.kind === "alias") {
      const target = anchors.get(node.name);
      if (target === undefined) {
        return this.source.fail(
          `there is no anchor &${node.name} for this alias`,
          node.offset,
        );
      }
      this.#aliases.set(node, target);
      return;
    }
    if (node.anchor !== undefined) {
      if (anchors.has(node.anchor)) this.anchorAgain(node);
      anchors.set(node.anchor, node);
    }
    if (node.kind === "scalar") this.#scalars.push(node);
    else if (node.kind === "list") {
      for (const item of node.items) this.#findAliases(item, anchors);
    } else {
      for (const pair of node.pairs) {
        for (const side of pair) this.#findAliases(side, anchors);
      }
    }
  }

  /** Aliases of aliases can produce any number of values, so they are counted. */
  #count(more: number, at: YamlNode): void {
    this.#values += more;
    const most = maxValues(this.#written);
    if (this.#values <= most) return;
    this.source.fail(
      `its aliases repeat so much that it has more than ${
        most.toLocaleString("en")
      } values`,
      at.offset,
    );
  }

  #target(node: YamlNode): Exclude<YamlNode, YamlAlias> {
    return node.kind === "alias" ? this.#aliases.get(node)! : node;
  }

  #value(given: YamlNode): T {
    const node = this.#target(given);
    this.#count(1, given);
    if (node.kind === "scalar") return this.scalar(node);
    if (this.#stack.includes(node)) {
      this.source.fail(
        "an alias is inside the value that it refers to",
        given.offset,
      );
    }
    if (this.#stack.length >= MAX_DEPTH) {
      this.source.fail(TOO_DEEP, given.offset);
    }
    this.#stack.push(node);
    const value = node.kind === "list"
      ? this.list(node, node.items.map((item) => this.#value(item)))
      : this.map(node, this.#entries(node));
    this.#stack.pop();
    return value;
  }

  #entries(node: YamlMap): YamlEntry<T>[] {
    return Array.from(
      this.#pairs(node),
      ([name, [key, value]]) => ({ name, key, value: this.#value(value) }),
    );
  }

  /** Returns the pairs of a mapping by name: those that `<<` merges, then its own. */
  #pairs(node: YamlMap): Pairs {
    const known = this.#flat.get(node);
    if (known === "pending") {
      return this.source.fail(
        "<< merges the mapping that it is in",
        node.offset,
      );
    }
    if (known !== undefined) return known;
    if (++this.#merging > MAX_DEPTH) this.source.fail(TOO_DEEP, node.offset);
    this.#flat.set(node, "pending");
    const own = this.#ownPairs(node);
    const pairs = new Map<string, [YamlNode, YamlNode]>();
    for (const [map, at] of this.#merges(node)) {
      const merged = this.#pairs(map);
      this.#count(1 + merged.size, at);
      for (const [name, [key, value]] of merged) pairs.set(name, [key, value]);
    }
    for (const [name, pair] of own) pairs.set(name, pair);
    this.#merging--;
    this.#flat.set(node, pairs);
    return pairs;
  }

  /** Returns the pairs of a mapping without merged ones. */
  #ownPairs(node: YamlMap): Map<string, [YamlNode, YamlNode]> {
    const pairs = new Map<string, [YamlNode, YamlNode]>();
    for (const [given, value] of node.pairs) {
      if (isMerge(given)) continue;
      const key = this.#target(given);
      if (key.kind !== "scalar") {
        this.source.fail(
          `a ${
            key.kind === "list" ? "list" : "mapping"
          } cannot be a key; write a string`,
          given.offset,
        );
      }
      const name = this.keyName(key);
      if (pairs.has(name) && !this.mayRepeat(name)) {
        this.source.fail(
          `the key ${JSON.stringify(name)} appears twice; remove the duplicate`,
          given.offset,
        );
      }
      pairs.set(name, [given, value]);
    }
    return pairs;
  }

  /** Returns the mappings that `<<` merges; the last one wins. */
  #merges(node: YamlMap): [map: YamlMap, at: YamlNode][] {
    const maps: [YamlMap, YamlNode][] = [];
    for (const [key, value] of node.pairs) {
      if (!isMerge(key)) continue;
      const source = this.#target(value);
      const named = source.kind === "list"
        ? source.items.toReversed()
        : [value];
      for (const item of named) {
        const map = this.#target(item);
        if (map.kind !== "map") {
          this.source.fail(
            "<< needs a mapping, or a list of mappings",
            key.offset,
          );
        }
        maps.push([map, item]);
      }
    }
    return maps;
  }
}

function isMerge(key: YamlNode): boolean {
  return key.kind === "scalar" && key.isPlain && key.tag === undefined &&
    key.text === "<<";
}

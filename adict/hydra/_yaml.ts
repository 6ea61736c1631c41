import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { ConfigSyntaxError } from "../errors.ts";
import { hasInterpolation, parseText } from "../resolve/_grammar.ts";
import {
  Float,
  Leaf,
  ListNode,
  MapNode,
  otherKey,
  stringKey,
  type TreeNode,
} from "../resolve/_tree.ts";
import { floatText } from "../resolve/_text.ts";
import { GrammarFault } from "../resolve/errors.ts";
import { scalarOf, tagOf } from "./_scalar.ts";

/** Far more values than any config has: aliases of aliases can ask for any number. */
const MAX_VALUES = 1_000_000;

const TAG = "tag:yaml.org,2002:";

/**
 * Reads one YAML document as PyYAML with OmegaConf's loader does.
 *
 * @param text The text.
 * @param file The file that errors name.
 * @returns the data, whose values know their lines; `undefined` for an empty text.
 */
export function parseHydraYaml(
  text: string,
  file: string,
): TreeNode | undefined {
  const lines = new LineCounter();
  const documents = parse(text, lines, file);
  if ("empty" in documents) return undefined;
  const [document] = documents;
  const reader = new Reader(file, lines);
  for (const { errors } of documents) {
    const [error] = errors;
    if (error !== undefined) {
      reader.fail(error.message.split("\n")[0]!, error.pos[0]);
    }
  }
  if (documents.length > 1) {
    reader.fail(
      "a config file holds one document, not several",
      documents[1]!.range[0],
    );
  }
  const { contents } = document!;
  if (contents === null) return undefined;
  reader.findAliases(contents as Node);
  const tree = reader.node(contents as Node);
  return tree instanceof Leaf && tree.value === null ? undefined : tree;
}

function parse(text: string, lineCounter: LineCounter, file: string) {
  try {
    return parseAllDocuments(text, {
      lineCounter,
      prettyErrors: false,
      schema: "failsafe",
      uniqueKeys: false,
      logLevel: "silent",
    });
  } catch (error) {
    // The parser is recursive.
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigSyntaxError(file, "it is nested too deeply", {}, {
      cause: error,
    });
  }
}

/** Keys with the nodes of key and value. */
type Pairs = Map<string, [Node, Node | undefined]>;

class Reader {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #aliases = new Map<Alias, Node>();
  /** The containers that are being read, each within the one before it. */
  readonly #stack: Node[] = [];
  readonly #flat = new Map<YAMLMap, Pairs | "pending">();
  #left = MAX_VALUES;

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  fail(reason: string, offset: number | undefined): never {
    if (offset === undefined) throw new ConfigSyntaxError(this.#file, reason);
    const { line, col } = this.#lines.linePos(offset);
    throw new ConfigSyntaxError(this.#file, reason, { line, column: col });
  }

  #at(node: Node) {
    return {
      file: this.#file,
      line: Math.max(1, this.#lines.linePos(node.range?.[0] ?? 0).line),
    };
  }

  /** Notes what each alias stands for: what bore its name last before it. */
  findAliases(root: Node): void {
    const anchors = new Map<string, Node>();
    const visit = (node: unknown) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target === undefined) {
          this.fail(`there is no anchor &${node.source}`, node.range?.[0]);
        }
        this.#aliases.set(node, target!);
        return;
      }
      const { anchor } = node as { anchor?: string };
      if (anchor) anchors.set(anchor, node as Node);
      if (isMap(node)) {
        for (const { key, value } of node.items) {
          visit(key);
          if (value !== null) visit(value);
        }
      } else if (isSeq(node)) node.items.forEach(visit);
    };
    visit(root);
  }

  node(given: Node): TreeNode {
    const node = isAlias(given) ? this.#aliases.get(given)! : given;
    if (--this.#left < 0) {
      this.fail(`it has more than ${MAX_VALUES} values`, given.range?.[0]);
    }
    if (isScalar(node)) return this.#scalar(node);
    if (this.#stack.includes(node)) {
      this.fail("an alias stands within what it stands for", given.range?.[0]);
    }
    this.#checkTag(node as YAMLMap | YAMLSeq);
    this.#stack.push(node);
    const tree = isMap(node) ? this.#map(node) : this.#list(node as YAMLSeq);
    this.#stack.pop();
    return tree;
  }

  #checkTag(node: YAMLMap | YAMLSeq): void {
    const wanted = TAG + (isMap(node) ? "map" : "seq");
    if (node.tag === undefined || node.tag === wanted || node.tag === "!") {
      return;
    }
    this.fail(`the tag ${node.tag} is not supported`, node.range?.[0]);
  }

  #list(node: YAMLSeq): ListNode {
    const list = new ListNode(this.#at(node));
    for (const item of node.items as Node[]) list.push(this.node(item));
    return list;
  }

  #map(node: YAMLMap): MapNode {
    const map = new MapNode(this.#at(node));
    for (const [name, [key, value]] of this.#pairs(node)) {
      const item = value === undefined ? new Leaf(null) : this.node(value);
      item.at = this.#at(key);
      map.set(name, item);
    }
    return map;
  }

  /** The pairs of a mapping by key: those that `<<` brings in, then its own. */
  #pairs(node: YAMLMap): Pairs {
    const known = this.#flat.get(node);
    if (known === "pending") {
      this.fail("<< takes in the mapping that it is in", node.range?.[0]);
    }
    if (known !== undefined) return known;
    this.#flat.set(node, "pending");
    const own = this.#ownPairs(node);
    const pairs: Pairs = new Map();
    for (const map of this.#merges(node)) {
      for (const [name, pair] of this.#pairs(map)) pairs.set(name, pair);
    }
    for (const [name, pair] of own) pairs.set(name, pair);
    this.#flat.set(node, pairs);
    return pairs;
  }

  /** The pairs of a mapping itself; a text that is a key twice is an error. */
  #ownPairs(node: YAMLMap): Pairs {
    const pairs: Pairs = new Map();
    for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
      if (this.#isMerge(key)) continue;
      const name = this.#key(key);
      if (!name.startsWith("\0") && pairs.has(name)) {
        this.fail(
          `the key ${JSON.stringify(name)} is there twice`,
          key.range?.[0],
        );
      }
      pairs.set(name, [key, value ?? undefined]);
    }
    return pairs;
  }

  #isMerge(key: Node): boolean {
    return isScalar(key) && isPlain(key) && key.value === "<<";
  }

  /** The mappings that `<<` names, the one that counts most last. */
  #merges(node: YAMLMap): YAMLMap[] {
    const maps: YAMLMap[] = [];
    for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
      if (!this.#isMerge(key)) continue;
      const source = this.#target(value);
      const named = isSeq(source) ? [...source.items].reverse() : [source];
      for (const item of named) {
        const map = this.#target(item as Node | null);
        if (!isMap(map)) {
          this.fail(
            "<< wants a mapping, or a list of mappings",
            key.range?.[0],
          );
        }
        maps.push(map as YAMLMap);
      }
    }
    return maps;
  }

  #target(node: Node | null): Node | null {
    return node !== null && isAlias(node) ? this.#aliases.get(node)! : node;
  }

  #key(given: Node): string {
    const node = isAlias(given) ? this.#aliases.get(given)! : given;
    if (!isScalar(node)) {
      this.fail("a mapping or list is no key", node.range?.[0]);
    }
    if (isPlain(node as Scalar) && (node as Scalar).value === "=") return "=";
    const { value } = this.#scalar(node as Scalar);
    if (typeof value === "string") return stringKey(value);
    if (value === null) this.fail("null is no key", node.range?.[0]);
    return otherKey(
      value instanceof Float ? floatText(value.value) : String(value),
    );
  }

  #scalar(node: Scalar): Leaf {
    const text = typeof node.value === "string" ? node.value : "";
    const offset = node.range?.[0];
    if (
      isPlain(node) && text.startsWith(":") &&
      (this.#stack.at(-1) as YAMLSeq | undefined)?.flow
    ) {
      // YAML 1.1 has it for the mark of a value.
      this.fail("a text that begins with a colon needs quotes here", offset);
    }
    const tag = node.tag === undefined
      ? isPlain(node) ? tagOf(text) : "str"
      : node.tag === "!"
      ? "str"
      : node.tag.startsWith(TAG)
      ? node.tag.slice(TAG.length)
      : node.tag;
    const value = scalarOf(tag, text);
    if (value === undefined) {
      this.fail(
        ["bool", "int", "float"].includes(tag)
          ? `${JSON.stringify(text)} is no ${tag}`
          : tag === "merge" || tag === "value"
          ? `${text} is no value; put it in quotes`
          : `the tag ${node.tag} is not supported`,
        offset,
      );
    }
    if (hasInterpolation(value)) this.#check(value, offset);
    return new Leaf(value, this.#at(node));
  }

  #check(text: string, offset: number | undefined): void {
    try {
      parseText(text);
    } catch (error) {
      if (!(error instanceof GrammarFault)) throw error;
      this.fail(
        `an interpolation breaks the grammar: ${error.message}`,
        offset,
      );
    }
  }
}

function isPlain(node: Scalar): boolean {
  return node.tag === undefined &&
    (node.type === "PLAIN" || node.type === undefined || node.type === null);
}

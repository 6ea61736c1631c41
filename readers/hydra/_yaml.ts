import {
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
  YamlSource,
} from "../yaml/document.ts";
import { tagOf11 } from "../yaml/yaml_11.ts";
import { YAML_TAG, type YamlEntry, YamlReader } from "../yaml/yaml_reader.ts";
import { hasInterpolation, parseText } from "./resolve/_grammar.ts";
import {
  Float,
  Leaf,
  ListNode,
  MapNode,
  otherKey,
  stringKey,
  type TreeNode,
} from "./_tree.ts";
import { floatText } from "./_text.ts";
import { GrammarFault } from "./errors.ts";
import { scalarOf } from "./_scalar.ts";

/**
 * Reads one YAML document as PyYAML does with OmegaConf's loader.
 *
 * @param text The text.
 * @param file The file that errors name.
 * @returns the data, with the line of each value; `undefined` for an empty file.
 */
export function parseHydraYaml(
  text: string,
  file: string,
): TreeNode | undefined {
  const source = new YamlSource(text, file);
  refuseLineBreaks(source);
  const tree = new HydraReader(source).read();
  return tree instanceof Leaf && tree.value === null ? undefined : tree;
}

/** Refuses line breaks of YAML 1.1 that are not line breaks in YAML 1.2, which the parser reads. */
function refuseLineBreaks(source: YamlSource): void {
  const found = /[\x85\u2028\u2029]/.exec(source.text);
  if (found === null) return;
  const code = found[0].charCodeAt(0).toString(16).toUpperCase()
    .padStart(4, "0");
  source.fail(
    `U+${code} ends a line in YAML 1.1; write \\u${code.toLowerCase()} in double quotes`,
    found.index,
  );
}

class HydraReader extends YamlReader<TreeNode> {
  /** Refuses plain scalars that YAML 1.1 reads differently. */
  protected override check(scalars: readonly YamlScalar[]): void {
    for (const { text, isPlain, isInFlow, offset } of scalars) {
      if (!isPlain || !isInFlow || !/^:|\?/.test(text)) continue;
      this.source.fail(
        text.startsWith(":")
          ? "a string that starts with a colon needs quotes here"
          : "a string with a question mark needs quotes here",
        offset,
      );
    }
    this.#refuseTabs(scalars);
  }

  /** Refuses tabs between values; quoted strings and blocks may contain tabs. */
  #refuseTabs(scalars: readonly YamlScalar[]): void {
    const { text } = this.source;
    let bare = "";
    for (const { isPlain, range: [start, end] } of scalars) {
      if (isPlain) continue;
      bare += text.slice(bare.length, start);
      bare += " ".repeat(end - start);
    }
    bare += text.slice(bare.length);
    const tab = bare.replace(/(?<![^\s])#[^\r\n]*/g, blank).indexOf("\t");
    const first = Math.min(
      tab < 0 ? Infinity : tab,
      this.source.tab ?? Infinity,
    );
    if (first === Infinity) return;
    this.source.fail("there is a tab between values; write spaces", first);
  }

  protected override anchorAgain({ offset }: YamlNode): void {
    this.source.fail(
      "the anchor is defined twice; give it another name",
      offset,
    );
  }

  #at({ offset }: YamlNode) {
    const { file } = this.source;
    return { file, line: this.source.placeOf(offset).line };
  }

  protected override list(node: YamlList, items: TreeNode[]): ListNode {
    this.#checkTag(node, "seq");
    const list = new ListNode(this.#at(node));
    for (const item of items) list.push(item);
    return list;
  }

  protected override map(
    node: YamlMap,
    entries: YamlEntry<TreeNode>[],
  ): MapNode {
    this.#checkTag(node, "map");
    const map = new MapNode(this.#at(node));
    for (const { name, key, value } of entries) {
      value.at = this.#at(key);
      map.set(name, value);
    }
    return map;
  }

  #checkTag({ tag, offset }: YamlMap | YamlList, wanted: string): void {
    if (tag === undefined || tag === YAML_TAG + wanted || tag === "!") return;
    this.source.fail(`the tag ${tag} is not supported`, offset);
  }

  protected override keyName(node: YamlScalar): string {
    const { text, isPlain, tag, offset } = node;
    if (isPlain && tag === undefined && text === "=") return "=";
    const { value } = this.scalar(node);
    if (typeof value === "string") return stringKey(value);
    if (value === null) this.source.fail("null cannot be a key", offset);
    return otherKey(
      value instanceof Float ? floatText(value.value) : String(value),
    );
  }

  /** Only a string key must not be repeated. */
  protected override mayRepeat(name: string): boolean {
    return name.startsWith("\0");
  }

  protected override scalar(node: YamlScalar): Leaf {
    const { text, offset } = node;
    const tag = tagOf(node);
    const value = scalarOf(tag, text);
    if (value === undefined) {
      this.source.fail(
        ["bool", "int", "float"].includes(tag)
          ? `${JSON.stringify(text)} is not a valid ${tag}`
          : tag === "merge" || tag === "value"
          ? `${text} cannot be a value; put it in quotes`
          : `the tag ${node.tag} is not supported`,
        offset,
      );
    }
    if (hasInterpolation(value)) this.#check(value, offset);
    return new Leaf(value, this.#at(node));
  }

  #check(text: string, offset: number): void {
    try {
      parseText(text);
    } catch (error) {
      if (!(error instanceof GrammarFault)) throw error;
      this.source.fail(
        `an interpolation breaks the grammar: ${error.message}`,
        offset,
      );
    }
  }
}

function blank(text: string): string {
  return " ".repeat(text.length);
}

/** Returns the name of the tag of a scalar. */
function tagOf({ tag, text, isPlain }: YamlScalar): string {
  // PyYAML reads a scalar with the bare tag `!` as if it had no quotes.
  if (tag === "!" || (tag === undefined && isPlain)) return tagOf11(text);
  if (tag === undefined) return "str";
  return tag.startsWith(YAML_TAG) ? tag.slice(YAML_TAG.length) : tag;
}

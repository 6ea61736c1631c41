import {
  type YamlList,
  type YamlMap,
  type YamlScalar,
  YamlSource,
} from "./document.ts";
import { YAML_TAG, type YamlEntry, YamlReader } from "./yaml_reader.ts";
import { plainTag, scalarValue } from "./_scalar.ts";

/** Reads a YAML config as plain data. Errors have the line and column. */
export function parseYaml(text: string, file: string): unknown {
  return new PlainReader(new YamlSource(text, file)).read() ?? null;
}

/** Returns the short name of a tag of YAML itself, another tag unchanged, or `undefined` for no tag. */
function tagName({ tag }: YamlScalar | YamlList | YamlMap): string | undefined {
  return tag?.startsWith(YAML_TAG) ? tag.slice(YAML_TAG.length) : tag;
}

class PlainReader extends YamlReader<unknown> {
  protected override scalar(node: YamlScalar): unknown {
    const { text, isPlain, offset } = node;
    const tag = tagName(node) ?? (isPlain ? plainTag(text) : "str");
    const value = scalarValue(tag === "!" ? "str" : tag, text);
    if (value !== undefined) return value;
    if (!KNOWN_TAGS.has(tag)) return this.#failTag(node);
    return this.source.fail(
      tag === "timestamp"
        ? `there is no such time as ${text}; correct it, or put it in quotes if it is a string`
        : `${JSON.stringify(text)} is not a valid ${tag}`,
      offset,
    );
  }

  /** A key is the string that is written, whatever it would be as a value. */
  protected override keyName(node: YamlScalar): string {
    return node.text;
  }

  protected override list(node: YamlList, items: unknown[]): unknown[] {
    switch (tagName(node)) {
      case undefined:
      case "!":
      case "seq":
        return items;
      case "omap":
        this.#checkPairs(node, "omap");
        return items;
      case "pairs":
        this.#checkPairs(node, "pairs");
        return items.map((item) => Object.entries(item as object)[0]);
      default:
        return this.#failTag(node);
    }
  }

  #checkPairs(node: YamlList, tag: string): void {
    const wrong = node.items.find((item) =>
      item.kind !== "map" || item.pairs.length !== 1
    );
    if (wrong === undefined) return;
    this.source.fail(
      `the items of !!${tag} are mappings of one key`,
      wrong.offset,
    );
  }

  protected override map(
    node: YamlMap,
    entries: YamlEntry<unknown>[],
  ): Record<string, unknown> {
    const tag = tagName(node);
    if (tag === "set") {
      const extra = entries.find(({ value }) => value !== null);
      if (extra !== undefined) {
        this.source.fail(
          "the keys of a !!set have no values",
          extra.key.offset,
        );
      }
    } else if (tag !== undefined && tag !== "map" && tag !== "!") {
      this.#failTag(node);
    }
    // It defines own properties for all names, including `__proto__`.
    return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
  }

  #failTag({ tag, offset }: YamlScalar | YamlList | YamlMap): never {
    const written = tag!.startsWith(YAML_TAG)
      ? `!!${tag!.slice(YAML_TAG.length)}`
      : tag;
    return this.source.fail(`the tag ${written} is not supported here`, offset);
  }
}

const KNOWN_TAGS: ReadonlySet<string> = new Set([
  "null",
  "bool",
  "int",
  "float",
  "timestamp",
  "binary",
]);

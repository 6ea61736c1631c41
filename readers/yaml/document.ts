/**
 * One YAML document as nodes whose scalars are text as yet: what both readers of YAML start from.
 *
 * @module
 */
import {
  CHOMPING_MODE,
  COLLECTION_STYLE,
  type DocumentEvent,
  type Event,
  EVENT_ID,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  type PopEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from "js-yaml";
import { MAX_DEPTH, TOO_DEEP } from "../../internal/limits.ts";
import { indentContinued } from "./_indent.ts";
import { ConfigSyntaxError } from "../errors.ts";

/** The fields of all nodes. */
interface Common {
  /** The offset at which it starts. */
  readonly offset: number;
  /** The name that aliases refer to. */
  readonly anchor: string | undefined;
  /** Its full tag, e.g. `tag:yaml.org,2002:int`; `!` is the tag of everything but a plain scalar. */
  readonly tag: string | undefined;
}

/** A scalar. */
export interface YamlScalar extends Common {
  readonly kind: "scalar";
  readonly text: string;
  /** Whether it is neither quoted nor a block string. */
  readonly isPlain: boolean;
  /** Whether it is inside brackets or braces. */
  readonly isInFlow: boolean;
  /** The offsets of its text with quotes; both are the same if it is not written at all. */
  readonly range: readonly [start: number, end: number];
}

/** A list. */
export interface YamlList extends Common {
  readonly kind: "list";
  readonly items: YamlNode[];
  /** Whether it is written in brackets. */
  readonly isFlow: boolean;
}

/** A mapping. */
export interface YamlMap extends Common {
  readonly kind: "map";
  readonly pairs: [key: YamlNode, value: YamlNode][];
  /** Whether it is written in braces. */
  readonly isFlow: boolean;
}

/** A reference to an earlier node. */
export interface YamlAlias {
  readonly kind: "alias";
  readonly offset: number;
  readonly name: string;
}

/** A node of a document. */
export type YamlNode = YamlScalar | YamlList | YamlMap | YamlAlias;

/** The text of a YAML file and its lines. */
export class YamlSource {
  /** The name of the file in errors. */
  readonly file: string;
  #text: string;
  #lines: number[] | undefined;
  /** The number of spaces that were added to each line, by index. */
  #added: ReadonlyMap<number, number> = new Map();
  /** The offset at which a tab was replaced by a space. */
  #tab: number | undefined;

  /** Makes the source from the text of a file. */
  constructor(text: string, file: string) {
    this.file = file;
    this.#text = text.replace(/^\uFEFF/, "");
  }

  /** The text that offsets refer to, without a byte order mark. */
  get text(): string {
    return this.#text;
  }

  /** The offset of a tab that was replaced by a space. */
  get tab(): number | undefined {
    return this.#tab;
  }

  /** Returns the line and column of an offset, from 1. */
  placeOf(offset: number): { line: number; column: number } {
    this.#lines ??= [
      0,
      ...this.text.matchAll(/\r\n?|\n/g).map((end) =>
        end.index + end[0].length
      ),
    ];
    let low = 0;
    let high = this.#lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#lines[middle]! <= offset) low = middle;
      else high = middle;
    }
    const column = offset - this.#lines[low]! - (this.#added.get(low) ?? 0);
    return { line: low + 1, column: Math.max(column, 0) + 1 };
  }

  /** Throws an error about an offset of the text. */
  fail(reason: string, offset: number, options?: ErrorOptions): never {
    throw new ConfigSyntaxError(
      this.file,
      reason,
      this.placeOf(offset),
      options,
    );
  }

  /**
   * Reads the one document of the text.
   *
   * @returns its root; `undefined` if there is none.
   * @throws {ConfigSyntaxError} If the text breaks the grammar, has several documents or is nested
   * too deeply.
   */
  root(): YamlNode | undefined {
    return new Builder(this).build(this.#events());
  }

  #events(): Event[] {
    try {
      return this.#parse();
    } catch (error) {
      // The stack may be smaller than usual.
      if (error instanceof RangeError) this.fail(TOO_DEEP, 0, { cause: error });
      if (!(error instanceof YAMLException)) throw error;
      const { reason, mark } = error;
      return this.fail(
        reason.includes("maxDepth") ? TOO_DEEP : REASONS.get(reason) ?? reason,
        mark?.position ?? 0,
        { cause: error },
      );
    }
  }

  #parse(): Event[] {
    try {
      return parseEvents(this.#text, PARSER);
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const isIndentation = error.reason === "deficient indentation";
      const indented = isIndentation ? indentContinued(this.#text) : undefined;
      if (indented === undefined) throw error;
      this.#text = indented.text;
      this.#added = indented.added;
      this.#tab = indented.tab;
      return parseEvents(this.#text, PARSER);
    }
  }
}

/** The parser is recursive, and uses up to two calls per level. */
const PARSER = { maxDepth: 2 * MAX_DEPTH + 4 };

/** Messages of the parser that are replaced. */
const REASONS: ReadonlyMap<string, string> = new Map([
  // Lines that were not indented enough have been indented before.
  ["deficient indentation", "a bracket or quote above does not end"],
]);

type NodeEvent = Exclude<Event, DocumentEvent | PopEvent>;

type Open = YamlList | YamlMap;

/** Makes nodes from the parser's events. */
class Builder {
  readonly #source: YamlSource;
  readonly #open: (Open | undefined)[] = [];
  /** The keys whose values have not been read yet. */
  readonly #keys = new Map<YamlMap, YamlNode>();
  #document: DocumentEvent | undefined;
  /** Whether a second document has started without a marker. */
  #hasSecond = false;
  #root: YamlNode | undefined;
  /** Where the last node started: an empty node has no place of its own. */
  #last = 0;

  constructor(source: YamlSource) {
    this.#source = source;
  }

  build(events: readonly Event[]): YamlNode | undefined {
    for (const event of events) {
      if (event.type === EVENT_ID.DOCUMENT) this.#begin(event);
      else if (event.type === EVENT_ID.POP) this.#open.pop();
      else this.#add(event);
    }
    return this.#root;
  }

  #begin(event: DocumentEvent): void {
    const { explicitStart, directives } = event;
    if (this.#document === undefined) this.#document = event;
    else if (explicitStart || directives.length > 0) this.#failSecond();
    else this.#hasSecond = true;
    this.#open.push(undefined);
  }

  #failSecond(node?: YamlNode): never {
    const mark = /^(?:---|%)/gm;
    mark.lastIndex = this.#last + 1;
    return this.#source.fail(
      "a config file has one document, not several",
      node?.offset ?? mark.exec(this.#source.text)?.index ?? this.#last,
    );
  }

  #add(event: NodeEvent): void {
    const node = this.#node(event);
    if (this.#hasSecond) this.#failSecond(node);
    this.#last = node.offset;
    const parent = this.#open.at(-1);
    if (event.type === EVENT_ID.MAPPING) this.#checkLine(event, parent);
    if (parent === undefined) this.#root = node;
    else if (parent.kind === "list") parent.items.push(node);
    else {
      const key = this.#keys.get(parent);
      if (key === undefined) this.#keys.set(parent, node);
      else {
        parent.pairs.push([key, node]);
        this.#keys.delete(parent);
      }
    }
    if (node.kind === "scalar" || node.kind === "alias") return;
    // The first open container is the document.
    if (this.#open.length > MAX_DEPTH) this.#source.fail(TOO_DEEP, node.offset);
    this.#open.push(node);
  }

  /** The parser refuses `a: b: c`, but not if an anchor or tag is before the second key. */
  #checkLine({ style, start }: MappingEvent, parent: Open | undefined): void {
    if (style === COLLECTION_STYLE.FLOW) return;
    if (parent?.kind !== "map" || parent.isFlow) return;
    const key = this.#keys.get(parent);
    if (key === undefined) return;
    if (/[\r\n]/.test(this.#source.text.slice(key.offset, start))) return;
    this.#source.fail("a mapping cannot begin on the line of its key", start);
  }

  #node(event: NodeEvent): YamlNode {
    const { text } = this.#source;
    if (event.type === EVENT_ID.ALIAS) {
      const name = text.slice(event.anchorStart, event.anchorEnd);
      return { kind: "alias", offset: event.anchorStart - 1, name };
    }
    const common = {
      offset: offsetOf(event) ?? this.#last,
      anchor: event.anchorStart < 0
        ? undefined
        : text.slice(event.anchorStart, event.anchorEnd),
      tag: event.tagStart < 0
        ? undefined
        : this.#tag(text.slice(event.tagStart, event.tagEnd)),
    };
    if (event.type === EVENT_ID.SCALAR) {
      return {
        kind: "scalar",
        ...common,
        text: scalarText(text, event),
        isPlain: event.style === SCALAR_STYLE.PLAIN,
        isInFlow: this.#open.at(-1)?.isFlow ?? false,
        range: rangeOf(event, common.offset),
      };
    }
    const isFlow = event.style === COLLECTION_STYLE.FLOW;
    return event.type === EVENT_ID.SEQUENCE
      ? { kind: "list", ...common, items: [], isFlow }
      : { kind: "map", ...common, pairs: [], isFlow };
  }

  /** Returns the full tag: `!!int`, `!<tag:yaml.org,2002:int>` and a `%TAG` shorthand of it are the same. */
  #tag(short: string): string {
    if (short.startsWith("!<")) return short.slice(2, -1);
    const [, handle, name] = /^(!(?:[\w-]*!)?)(.*)$/s.exec(short)!;
    if (name === "") return short;
    const declared = this.#document?.directives.findLast((directive) =>
      directive.kind === "tag" && directive.handle === handle
    );
    const prefix = declared?.kind === "tag"
      ? declared.prefix
      : handle === "!!"
      ? "tag:yaml.org,2002:"
      : handle!;
    return prefix + name;
  }
}

/** Returns the offset of a node; `undefined` for a scalar that is not written at all. */
function offsetOf(
  event: ScalarEvent | SequenceEvent | MappingEvent,
): number | undefined {
  const marks = [event.anchorStart - 1, event.tagStart].filter((at) => at >= 0);
  if (marks.length > 0) return Math.min(...marks);
  if (event.type !== EVENT_ID.SCALAR) return event.start;
  if (event.valueStart < 0) return undefined;
  // The opening quote, or the line in which a block string starts.
  return event.style === SCALAR_STYLE.PLAIN
    ? event.valueStart
    : Math.max(0, event.valueStart - 1);
}

function rangeOf(
  { style, valueStart, valueEnd }: ScalarEvent,
  offset: number,
): [number, number] {
  if (valueStart < 0) return [offset, offset];
  const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED ||
    style === SCALAR_STYLE.DOUBLE_QUOTED;
  return isQuoted ? [valueStart - 1, valueEnd + 1] : [valueStart, valueEnd];
}

function isBlock({ style }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.LITERAL_BLOCK ||
    style === SCALAR_STYLE.FOLDED_BLOCK;
}

/** Returns the text of a scalar. */
function scalarText(source: string, event: ScalarEvent): string {
  if (event.valueStart < 0) return "";
  const text = getScalarValue(source, event);
  return text.endsWith("\n") && gainsLineBreak(source, event, text)
    ? text.slice(0, -1)
    : text;
}

/**
 * Whether the parser adds a line break to a text block: its last line ends with the file, without
 * one. Blanks up to the indentation are a line of their own only in a text of such lines alone.
 */
function gainsLineBreak(
  source: string,
  event: ScalarEvent,
  text: string,
): boolean {
  if (!isBlock(event) || source.slice(event.valueEnd).trim() !== "") {
    return false;
  }
  let lastLine = 0;
  while (
    lastLine < source.length && !/[\r\n]/.test(source.at(-1 - lastLine)!)
  ) {
    lastLine++;
  }
  if (lastLine === 0) return false;
  if (event.indent >= 0 && lastLine > event.indent) return true;
  return event.chomping === CHOMPING_MODE.KEEP && text.trim() === "";
}

import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import { isFarDate } from "../_far_date.ts";
import { exactInteger } from "../_integer.ts";
import { MAX_DEPTH, TOO_DEEP } from "../../internal/limits.ts";
import { setOwn } from "../../internal/objects.ts";
import { findExcess } from "./_bounds.ts";
import { ConfigSyntaxError } from "../errors.ts";

/** Reads TOML 1.0. Errors have the line and column. */
export function parseToml(text: string, file: string): Record<string, unknown> {
  return new TomlReader(text.replace(/^\uFEFF/, ""), file).read();
}

type Table = Record<string, unknown>;

/** Makes data from the parser's tree; each value is read from its token in the text. */
class TomlReader {
  readonly #text: string;
  readonly #file: string;
  readonly #root: Table = {};
  #depth = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  read(): Table {
    for (const node of this.#parse().body[0].body) {
      if (node.type === "TOMLKeyValue") this.#set(this.#root, node);
      else this.#readTable(node);
    }
    return this.#root;
  }

  #parse(): AST.TOMLProgram {
    const excess = findExcess(this.#text);
    if (excess !== undefined) this.#failAt(excess.offset, excess.reason);
    // The parser reads it as the end of a line.
    const lone = this.#text.search(/\r(?!\n)/);
    if (lone >= 0) {
      this.#failAt(
        lone,
        "a carriage return alone does not end a line in TOML; end lines with \\n",
      );
    }
    try {
      return parseTOML(this.#text, { tomlVersion: "1.0" });
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      const { lineNumber: line, column, message } = error;
      throw new ConfigSyntaxError(
        this.#file,
        message,
        { line, column: column + 1 },
        { cause: error },
      );
    }
  }

  #failAt(offset: number, reason: string): never {
    const before = this.#text.slice(0, offset).split("\n");
    const place = { line: before.length, column: before.at(-1)!.length + 1 };
    throw new ConfigSyntaxError(this.#file, reason, place);
  }

  #fail(reason: string, { loc: { start } }: AST.HasLocs): never {
    const place = { line: start.line, column: start.column + 1 };
    throw new ConfigSyntaxError(this.#file, reason, place);
  }

  #readTable(node: AST.TOMLTable): void {
    const { resolvedKey: path, key } = node;
    if (path.length >= MAX_DEPTH) this.#fail(TOO_DEEP, key);
    this.#depth = path.length;
    let at: unknown = this.#root;
    for (const [i, part] of path.entries()) {
      const empty = typeof path[i + 1] === "number" ? [] : {};
      at = below(at as Table, String(part), empty);
    }
    for (const pair of node.body) this.#set(at as Table, pair);
    this.#depth = 0;
  }

  #set(table: Table, { key, value }: AST.TOMLKeyValue): void {
    const names = key.keys.map((part) =>
      part.type === "TOMLBare" ? part.name : part.value
    );
    const last = names.pop()!;
    const around = this.#depth;
    this.#depth += names.length;
    if (this.#depth >= MAX_DEPTH) this.#fail(TOO_DEEP, key);
    let at = table;
    for (const name of names) at = below(at, name, {}) as Table;
    setOwn(at, last, this.#value(value));
    this.#depth = around;
  }

  #value(node: AST.TOMLContentNode): unknown {
    if (node.type === "TOMLValue") return this.#scalar(node);
    this.#depth++;
    if (this.#depth >= MAX_DEPTH) this.#fail(TOO_DEEP, node);
    const value = node.type === "TOMLArray"
      ? node.elements.map((element) => this.#value(element))
      : this.#inlineTable(node);
    this.#depth--;
    return value;
  }

  #inlineTable(node: AST.TOMLInlineTable): Table {
    const table: Table = {};
    for (const pair of node.body) this.#set(table, pair);
    return table;
  }

  #scalar(node: AST.TOMLValue): unknown {
    switch (node.kind) {
      case "integer":
        return exactInteger(node.bigint);
      case "offset-date-time":
        return this.#date(node, node.datetime);
      case "local-date-time":
        // Its meaning must not depend on the time zone of the machine.
        return this.#date(node, `${node.datetime}Z`);
      case "local-date":
        return this.#date(node, `${node.datetime}T00:00:00Z`);
      case "local-time":
        return node.datetime;
      default:
        return node.value;
    }
  }

  #date(node: AST.TOMLDateTimeValue, text: string): Date {
    const date = new Date(text.replace(/[Tt ]/, "T").toUpperCase());
    if (!Number.isNaN(date.getTime()) && !isFarDate(date)) return date;
    return this.#fail(`there is no such time as ${node.datetime}`, node);
  }
}

/** Returns the container at a key, and creates it if it is missing. */
function below(table: Table, key: string, empty: object): unknown {
  if (!Object.hasOwn(table, key)) setOwn(table, key, empty);
  return table[key];
}

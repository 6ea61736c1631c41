import { parser } from "@lezer/python";
import { MmConfigError, MmLimitError } from "./errors.ts";
import { unmarked } from "./_placeholder.ts";
import type { Origin } from "../../internal/origin.ts";
import type { Place } from "./_syntax.ts";

/** A node of the parser's tree. */
export interface Raw {
  readonly type: string;
  readonly from: number;
  readonly to: number;
  readonly kids: Raw[];
}

/** The maximum depth of nested syntax, far more than any config has; `a + b + c` nests too. */
const MAX_DEPTH = 1000;

/** The text of a file, which converts positions to lines and places. */
export class Source {
  readonly file: string;
  readonly text: string;
  /** The number of uses of the name `_base_`. */
  baseMentions = 0;
  readonly #starts: number[] = [0];
  /** The node that is being turned into syntax: the place of an error about a missing child. */
  #entered: { readonly from: number; readonly to: number } = { from: 0, to: 0 };

  /**
   * @param file The file, as an absolute path.
   * @param text The text of the file.
   */
  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) {
      this.#starts.push(i + 1);
    }
  }

  /** Returns the line of a position, from 1. */
  lineAt(position: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const start = this.#starts[middle];
      if (start !== undefined && start <= position) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** Creates the place of a node. */
  place({ from, to }: { from: number; to: number }): Place {
    return new SourcePlace(this, from, to);
  }

  /** Creates the place of a node, and reports missing children there from now on. */
  enter(raw: Raw): Place {
    this.#entered = raw;
    return this.place(raw);
  }

  /** Creates the place of a list of nodes, from the first to the last. */
  span(kids: readonly Raw[] | undefined): Place {
    const { from } = this.child(kids, 0);
    return this.place({ from, to: this.child(kids, -1).to });
  }

  /**
   * Returns a child by its position: the one way to ask for a child that the grammar promises.
   *
   * @param kids The children of a node, or some of them.
   * @param index The position from 0; negative positions count from the end.
   * @returns the child.
   * @throws {MmConfigError} If there is no such child.
   */
  child(kids: readonly Raw[] | undefined, index: number): Raw {
    return kids?.at(index) ?? this.#incomplete();
  }

  /**
   * Returns the first child of a type.
   *
   * @param raw The node.
   * @param type The type of the child.
   * @returns the child.
   * @throws {MmConfigError} If there is no such child.
   */
  childOf(raw: Raw, type: string): Raw {
    return raw.kids.find((kid) => kid.type === type) ?? this.#incomplete();
  }

  #incomplete(): never {
    const at = this.place(this.#entered);
    throw new MmConfigError(
      at.file,
      at.line,
      at.text(),
      "this Python is incomplete; write the missing part",
    );
  }

  /** Returns the text of a node. */
  of({ from, to }: { from: number; to: number }): string {
    return this.text.slice(from, to);
  }
}

/** A place that computes its line on demand, because most places are never shown. */
class SourcePlace implements Place {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
  #origin: Origin | undefined = undefined;

  constructor(source: Source, from: number, to: number) {
    this.source = source;
    this.from = from;
    this.to = to;
  }

  get origin(): Origin {
    this.#origin ??= {
      file: this.source.file,
      line: this.source.lineAt(this.from),
    };
    return this.#origin;
  }

  get file(): string {
    return this.source.file;
  }

  get line(): number {
    return this.origin.line;
  }

  text(): string {
    return shorten(this.source.text.slice(this.from, this.to));
  }
}

function shorten(text: string): string {
  const line = unmarked(text).replaceAll(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

/**
 * Parses a file.
 *
 * @param source The file.
 * @returns the tree, without comments.
 * @throws {MmConfigError} If the text is not valid Python.
 */
export function parseTree(source: Source): Raw {
  const root: Raw = {
    type: "Script",
    from: 0,
    to: source.text.length,
    kids: [],
  };
  const stack = [root];
  parser.parse(source.text).iterate({
    enter(node) {
      if (node.type.isError) refuse(source, node.from);
      if (node.name === "Comment") return false;
      if (node.type.isTop) return;
      if (stack.length > MAX_DEPTH) {
        const at = source.place(node);
        throw new MmLimitError(
          at.file,
          at.line,
          at.text(),
          `the syntax is nested more than ${MAX_DEPTH} levels deep`,
        );
      }
      const raw: Raw = {
        type: node.name,
        from: node.from,
        to: node.to,
        kids: [],
      };
      (stack.at(-1) ?? root).kids.push(raw);
      stack.push(raw);
    },
    leave(node) {
      // Also called for a node whose children were skipped.
      if (!node.type.isTop && node.name !== "Comment") stack.pop();
    },
  });
  return root;
}

function refuse(source: Source, position: number): never {
  // The parser reports the next token, which may be on a later line than the mistake.
  const before = source.text.slice(0, position).trimEnd().length;
  const line = source.lineAt(Math.max(0, before - 1));
  const text = source.text.split("\n", line)[line - 1] ?? "";
  throw new MmConfigError(
    source.file,
    line,
    shorten(text),
    "this is not valid Python, or its syntax is not supported",
  );
}

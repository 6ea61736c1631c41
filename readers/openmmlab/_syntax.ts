/**
 * The part of Python's syntax that configs use, as a tree.
 *
 * @module
 */

import type { Origin } from "../../internal/origin.ts";

/** A place in a file. */
export interface Place {
  /** The file, as an absolute path. */
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  /** The source text there, shortened. */
  text(): string;
  /** The file and the line, without the text. */
  readonly origin: Origin;
}

/** A target of an assignment, into which a value can be unpacked. */
export type Target = Expr;

/** An element of a display or call: `x`, `*x`. */
export interface Item {
  readonly star: boolean;
  readonly value: Expr;
}

/** An argument of a call. */
export interface Argument {
  /** `""` for a positional argument, `"*"` and `"**"` for unpacked ones. */
  readonly name: string;
  readonly value: Expr;
  readonly at: Place;
}

/** A clause of a comprehension: `for target in source if …`. */
export interface Clause {
  readonly target: Target;
  readonly source: Expr;
  readonly tests: readonly Expr[];
}

/** A field of a formatted string literal. */
export interface Field {
  readonly value: Expr;
  /** `"r"`, `"s"`, `"a"`, or `""`. */
  readonly conversion: string;
  readonly spec: readonly (string | Field)[] | undefined;
  /** The text that `{x=}` writes before the value. */
  readonly label: string;
}

/** The parameters of a function. */
export interface Parameter {
  /** `""`, `"*"` or `"**"`. */
  readonly star: string;
  /** Empty for a bare `*`. */
  readonly name: string;
  readonly fallback: Expr | undefined;
}

type Node<Kind extends string, Rest> = Rest & {
  readonly kind: Kind;
  readonly at: Place;
};

/** An expression. */
export type Expr =
  | Node<"constant", { value: null | boolean | bigint | number | string }>
  | Node<"name", { name: string }>
  | Node<"list" | "tuple" | "set", { items: readonly Item[] }>
  | Node<
    "dict",
    { items: readonly { key: Expr | undefined; value: Expr; at: Place }[] }
  >
  | Node<"call", { callee: Expr; args: readonly Argument[] }>
  | Node<"attribute", { of: Expr; name: string }>
  | Node<"item", { of: Expr; index: Expr }>
  | Node<
    "slice",
    { start: Expr | undefined; stop: Expr | undefined; step: Expr | undefined }
  >
  | Node<"unary", { operator: string; of: Expr }>
  | Node<"binary", { operator: string; left: Expr; right: Expr }>
  | Node<"compare", { first: Expr; rest: readonly [string, Expr][] }>
  | Node<"logic", { operator: "and" | "or"; left: Expr; right: Expr }>
  | Node<"choice", { test: Expr; then: Expr; otherwise: Expr }>
  | Node<"lambda", { params: readonly Parameter[]; body: Expr }>
  | Node<
    "comprehension",
    {
      of: "list" | "set" | "dict" | "generator";
      key: Expr | undefined;
      value: Expr;
      clauses: readonly Clause[];
    }
  >
  | Node<"format", { parts: readonly (string | Field)[] }>
  | Node<"bind", { name: string; value: Expr }>
  | Node<"unsupported", { what: string }>;

/** One name of an import statement. */
export interface ImportedName {
  /** `"*"`, or a dotted name for `import a.b`. */
  readonly name: string;
  readonly alias: string | undefined;
}

/** A statement. */
export type Statement =
  | Node<"assign", { targets: readonly Target[]; value: Expr }>
  | Node<"annotate", Record<never, never>>
  | Node<"augment", { target: Target; operator: string; value: Expr }>
  | Node<"expression", { value: Expr }>
  | Node<
    "if",
    {
      branches: readonly (readonly [Expr | undefined, readonly Statement[]])[];
    }
  >
  | Node<
    "for",
    {
      target: Target;
      source: Expr;
      body: readonly Statement[];
      otherwise: readonly Statement[];
    }
  >
  | Node<
    "while",
    {
      test: Expr;
      body: readonly Statement[];
      otherwise: readonly Statement[];
    }
  >
  | Node<
    "def",
    {
      name: string;
      params: readonly Parameter[];
      body: readonly Statement[];
    }
  >
  | Node<"return", { value: Expr | undefined }>
  | Node<"delete", { targets: readonly Target[] }>
  | Node<"import", { names: readonly ImportedName[] }>
  | Node<
    "from",
    { level: number; module: string; names: readonly ImportedName[] }
  >
  | Node<"bases", { body: readonly Statement[] }>
  | Node<"assert", { test: Expr }>
  | Node<"pass" | "break" | "continue", Record<never, never>>
  | Node<"unsupported", { what: string }>;

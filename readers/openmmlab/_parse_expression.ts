import { readNumber } from "./_parse_number.ts";
import { MmConfigError } from "./errors.ts";
import { readFormatString, readString } from "./_parse_string.ts";
import type {
  Argument,
  Clause,
  Expr,
  Field,
  Item,
  Parameter,
  Place,
} from "./_syntax.ts";
import type { Raw, Source } from "./_tree.ts";

/**
 * Converts a node to an expression. Unsupported syntax becomes a node that throws only when it is
 * evaluated, because it may be in a part of the file that is never evaluated.
 */
export function toExpr(raw: Raw, source: Source): Expr {
  const at = source.enter(raw);
  return atom(raw, source, at) ?? display(raw, source, at) ??
    operation(raw, source, at);
}

/** Converts a name or a literal. */
function atom(raw: Raw, source: Source, at: Place): Expr | undefined {
  switch (raw.type) {
    case "VariableName": {
      const name = source.of(raw);
      if (name === "_base_") source.baseMentions++;
      return { kind: "name", name, at };
    }
    case "Number": {
      const value = readNumber(source.of(raw));
      return value === undefined
        ? { kind: "unsupported", what: "a complex number", at }
        : { kind: "constant", value, at };
    }
    case "Boolean":
      return { kind: "constant", value: source.of(raw) === "True", at };
    case "None":
      return { kind: "constant", value: null, at };
    case "String":
    case "FormatString":
    case "ContinuedString":
      return stringExpr(raw, source);
    default:
      return undefined;
  }
}

/** Converts an expression in brackets: a tuple, list, set, dict or comprehension. */
function display(raw: Raw, source: Source, at: Place): Expr | undefined {
  const inner = raw.kids.slice(1, -1);
  switch (raw.type) {
    case "ParenthesizedExpression":
      return toExpr(source.child(raw.kids, 1), source);
    case "TupleExpression":
      return { kind: "tuple", items: items(inner, source), at };
    case "ArrayExpression":
      return { kind: "list", items: items(inner, source), at };
    case "SetExpression":
      return { kind: "set", items: items(inner, source), at };
    case "DictionaryExpression":
      return dictExpr(raw, source);
    case "ArrayComprehensionExpression":
      return comprehension(raw, "list", inner, source);
    case "SetComprehensionExpression":
      return comprehension(raw, "set", inner, source);
    case "DictionaryComprehensionExpression":
      return comprehension(raw, "dict", inner, source);
    case "ComprehensionExpression":
      return comprehension(raw, "generator", inner, source);
    default:
      return undefined;
  }
}

/** Converts an operation on other expressions; other syntax is unsupported. */
function operation(raw: Raw, source: Source, at: Place): Expr {
  const kids = raw.kids;
  switch (raw.type) {
    case "MemberExpression":
      return member(raw, source);
    case "CallExpression":
      return {
        kind: "call",
        callee: toExpr(source.child(kids, 0), source),
        args: callArguments(source.child(kids, 1), source),
        at,
      };
    case "UnaryExpression":
      return {
        kind: "unary",
        operator: source.of(source.child(kids, 0)),
        of: toExpr(source.child(kids, 1), source),
        at,
      };
    case "BinaryExpression":
      return binary(raw, source);
    case "ConditionalExpression":
      return {
        kind: "choice",
        then: toExpr(source.child(kids, 0), source),
        test: toExpr(source.child(kids, 2), source),
        otherwise: toExpr(source.child(kids, 4), source),
        at,
      };
    case "LambdaExpression":
      return lambda(raw, source, at);
    case "NamedExpression":
      return {
        kind: "bind",
        name: source.of(source.child(kids, 0)),
        value: toExpr(source.child(kids, 2), source),
        at,
      };
    default:
      return { kind: "unsupported", what: nameOf(raw.type), at };
  }
}

function lambda(raw: Raw, source: Source, at: Place): Expr {
  const list = raw.kids.find((kid) => kid.type === "ParamList");
  return {
    kind: "lambda",
    params: list === undefined ? [] : parameters(list, source),
    body: toExpr(source.child(raw.kids, -1), source),
    at,
  };
}

/** Describes a node type in words: `AwaitExpression` becomes "an await expression". */
export function nameOf(type: string): string {
  const words = type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  return /^[aeiou]/.test(words) ? `an ${words}` : `a ${words}`;
}

/** Splits a list of nodes at the tokens of a type. */
export function splitAt(
  kids: readonly Raw[],
  type: string,
): [Raw[], ...Raw[][]] {
  let current: Raw[] = [];
  const parts: [Raw[], ...Raw[][]] = [current];
  for (const kid of kids) {
    if (kid.type === type) parts.push(current = []);
    else current.push(kid);
  }
  return parts;
}

/** Returns the elements between commas, each with or without a star. */
export function items(kids: readonly Raw[], source: Source): Item[] {
  return splitAt(kids, ",").filter((part) => part.length > 0).map((part) => ({
    star: source.child(part, 0).type === "*",
    value: toExpr(source.child(part, -1), source),
  }));
}

/** Returns a single expression as itself; several, or one with a trailing comma, as a tuple. */
export function exprList(
  kids: readonly Raw[] | undefined,
  source: Source,
): Expr {
  if (kids?.length === 1) return toExpr(source.child(kids, 0), source);
  const at = source.span(kids);
  return { kind: "tuple", items: items(kids ?? [], source), at };
}

function stringExpr(raw: Raw, source: Source): Expr {
  const at = source.place(raw);
  const pieces = raw.type === "ContinuedString" ? raw.kids : [raw];
  const parts: (string | Field)[] = [];
  for (const piece of pieces) {
    const read = piece.type === "FormatString"
      ? readFormatString(piece, source, toExpr)
      : [readString(source.of(piece))];
    for (const part of read) {
      if (part === undefined) {
        return { kind: "unsupported", what: "a bytes literal", at };
      }
      const last = parts.at(-1);
      if (typeof part === "string" && typeof last === "string") {
        parts[parts.length - 1] = last + part;
      } else parts.push(part);
    }
  }
  const only = parts.length === 0
    ? ""
    : parts.length === 1
    ? parts[0]
    : undefined;
  return typeof only === "string"
    ? { kind: "constant", value: only, at }
    : { kind: "format", parts, at };
}

function dictExpr(raw: Raw, source: Source): Expr {
  const inner = splitAt(raw.kids.slice(1, -1), ",").filter((part) =>
    part.length > 0
  );
  return {
    kind: "dict",
    at: source.place(raw),
    items: inner.map((part) => ({
      key: source.child(part, 0).type === "**"
        ? undefined
        : toExpr(source.child(part, 0), source),
      value: toExpr(source.child(part, -1), source),
      at: source.span(part),
    })),
  };
}

type ComprehensionKind = "list" | "set" | "dict" | "generator";

function comprehension(
  raw: Raw,
  of: ComprehensionKind,
  kids: readonly Raw[],
  source: Source,
): Expr {
  const at = source.place(raw);
  if (kids.some((kid) => kid.type === "async")) {
    return { kind: "unsupported", what: "an async comprehension", at };
  }
  const [head, ...rest] = splitAt(kids, "for");
  const isDict = of === "dict";
  return {
    kind: "comprehension",
    of,
    key: isDict ? toExpr(source.child(head, 0), source) : undefined,
    value: toExpr(source.child(head, -1), source),
    clauses: rest.map((part): Clause => {
      const [target, tail] = splitAt(part, "in");
      const [from, ...tests] = splitAt(tail ?? [], "if");
      return {
        target: exprList(target, source),
        source: exprList(from, source),
        tests: tests.map((test) => toExpr(source.child(test, 0), source)),
      };
    }),
    at,
  };
}

function member(raw: Raw, source: Source): Expr {
  const at = source.place(raw);
  const object = toExpr(source.child(raw.kids, 0), source);
  const opening = source.child(raw.kids, 1);
  const rest = raw.kids.slice(2);
  if (opening.type === ".") {
    return {
      kind: "attribute",
      of: object,
      name: source.of(source.child(rest, 0)),
      at,
    };
  }
  const parts = splitAt(rest.slice(0, -1), ",");
  const isTuple = parts.length > 1;
  const indices = parts.filter((part) => part.length > 0).map((part) =>
    index(part, source)
  );
  return {
    kind: "item",
    of: object,
    index: isTuple
      ? {
        kind: "tuple",
        items: indices.map((value) => ({ star: false, value })),
        at,
      }
      : indices[0] ?? { kind: "unsupported", what: "an empty subscript", at },
    at,
  };
}

function index(part: readonly Raw[], source: Source): Expr {
  if (!part.some((kid) => kid.type === ":")) {
    return toExpr(source.child(part, 0), source);
  }
  const [start, stop, step] = splitAt(part, ":").map((piece) =>
    piece[0] === undefined ? undefined : toExpr(piece[0], source)
  );
  const at = source.span(part);
  return { kind: "slice", start, stop, step, at };
}

function callArguments(list: Raw, source: Source): Argument[] {
  const inner = list.kids.slice(1, -1);
  if (inner.some((kid) => kid.type === "for")) {
    const value = comprehension(list, "generator", inner, source);
    return [{ name: "", value, at: value.at }];
  }
  const names = new Set<string>();
  return splitAt(inner, ",").filter((part) => part.length > 0).map((part) => {
    const first = source.child(part, 0);
    const named = part[1]?.type === "AssignOp";
    const at = source.span(part);
    const name = named
      ? source.of(first)
      : first.type === "*" || first.type === "**"
      ? first.type
      : "";
    if (named && names.has(name)) {
      throw new MmConfigError(
        at.file,
        at.line,
        at.text(),
        `the argument ${name} is given twice`,
      );
    }
    if (named) names.add(name);
    return { name, value: toExpr(source.child(part, -1), source), at };
  });
}

function binary(raw: Raw, source: Source): Expr {
  const at = source.place(raw);
  const operator = operatorOf(raw, source);
  const left = source.child(raw.kids, 0);
  const right = toExpr(source.child(raw.kids, -1), source);
  if (operator === "and" || operator === "or") {
    return { kind: "logic", operator, left: toExpr(left, source), right, at };
  }
  if (!isComparison(operator)) {
    return { kind: "binary", operator, left: toExpr(left, source), right, at };
  }
  // The parser returns `a < b < c` as `(a < b) < c` without the parentheses.
  const first = toExpr(left, source);
  const isChain = left.type === "BinaryExpression" && first.kind === "compare";
  return {
    kind: "compare",
    first: isChain ? first.first : first,
    rest: [...(isChain ? first.rest : []), [operator, right]],
    at,
  };
}

function operatorOf(raw: Raw, source: Source): string {
  return raw.kids.slice(1, -1).map((kid) => source.of(kid)).join(" ");
}

function isComparison(operator: string): boolean {
  return /^(?:[<>]=?|[=!]=|<>|in|not in|is|is not)$/.test(operator);
}

/** Returns the parameters of a function. */
export function parameters(list: Raw, source: Source): Parameter[] {
  const inner = list.kids.filter((kid) =>
    !["(", ")", "TypeDef"].includes(kid.type)
  );
  return splitAt(inner, ",").filter((part) => part.length > 0).map((part) => {
    const star =
      source.child(part, 0).type === "*" || source.child(part, 0).type === "**"
        ? source.child(part, 0).type
        : "";
    const name = part.find((kid) => kid.type === "VariableName");
    const hasFallback = part.some((kid) => kid.type === "AssignOp");
    return {
      star,
      name: name === undefined ? "" : source.of(name),
      fallback: hasFallback
        ? toExpr(source.child(part, -1), source)
        : undefined,
    };
  });
}

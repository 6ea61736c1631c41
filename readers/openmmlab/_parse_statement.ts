import {
  exprList,
  items,
  nameOf,
  parameters,
  splitAt,
  toExpr,
} from "./_parse_expression.ts";
import type { Expr, ImportedName, Place, Statement } from "./_syntax.ts";
import type { Raw, Source } from "./_tree.ts";

/** Converts the children of a file or a body to statements. */
export function toStatements(
  kids: readonly Raw[],
  source: Source,
): Statement[] {
  return kids.flatMap((kid) =>
    kid.type === "StatementGroup"
      ? toStatements(kid.kids, source)
      : kid.type === ":" || kid.type === ";"
      ? []
      : [toStatement(kid, source)]
  );
}

function bodyOf(raw: Raw | undefined, source: Source): Statement[] {
  return raw === undefined ? [] : toStatements(raw.kids, source);
}

function toStatement(raw: Raw, source: Source): Statement {
  const at = source.enter(raw);
  return compoundStatement(raw, source, at) ??
    simpleStatement(raw, source, at) ??
    { kind: "unsupported", what: nameOf(raw.type), at };
}

/** Converts a statement that contains other statements. */
function compoundStatement(
  raw: Raw,
  source: Source,
  at: Place,
): Statement | undefined {
  const kids = raw.kids;
  switch (raw.type) {
    case "IfStatement":
      return { kind: "if", branches: branches(kids, source), at };
    case "ForStatement":
      return forLoop(raw, source);
    case "WhileStatement":
      return {
        kind: "while",
        test: toExpr(source.child(kids, 1), source),
        body: bodyOf(kids[2], source),
        otherwise: bodyOf(kids[4], source),
        at,
      };
    case "FunctionDefinition":
      return definition(raw, source);
    case "WithStatement":
      return withStatement(raw, source);
    default:
      return undefined;
  }
}

/** Converts a statement of one line. */
function simpleStatement(
  raw: Raw,
  source: Source,
  at: Place,
): Statement | undefined {
  const kids = raw.kids;
  switch (raw.type) {
    case "AssignStatement":
      return assignment(raw, source);
    case "UpdateStatement":
      return augmentation(raw, source, at);
    case "ExpressionStatement":
      return { kind: "expression", value: exprList(kids, source), at };
    case "ReturnStatement": {
      const value = kids.length > 1
        ? exprList(kids.slice(1), source)
        : undefined;
      return { kind: "return", value, at };
    }
    case "DeleteStatement": {
      const targets = items(kids.slice(1), source).map(({ value }) => value);
      return { kind: "delete", targets, at };
    }
    case "ImportStatement":
      return importing(raw, source);
    case "AssertStatement": {
      const test = toExpr(source.child(kids, 1), source);
      return { kind: "assert", test, at };
    }
    case "PassStatement":
      return { kind: "pass", at };
    case "BreakStatement":
      return { kind: "break", at };
    case "ContinueStatement":
      return { kind: "continue", at };
    default:
      return undefined;
  }
}

function augmentation(raw: Raw, source: Source, at: Place): Statement {
  const kids = raw.kids;
  return {
    kind: "augment",
    target: toExpr(source.child(kids, 0), source),
    operator: source.of(source.child(kids, 1)).slice(0, -1),
    value: exprList(kids.slice(2), source),
    at,
  };
}

function assignment(raw: Raw, source: Source): Statement {
  const at = source.place(raw);
  const parts = splitAt(
    raw.kids.filter((kid) => kid.type !== "TypeDef"),
    "AssignOp",
  );
  if (parts.length === 1) return { kind: "annotate", at };
  const value = exprList(parts.at(-1), source);
  const targets = parts.slice(0, -1).map((part): Expr =>
    exprList(part, source)
  );
  return { kind: "assign", targets, value, at };
}

function branches(
  kids: readonly Raw[],
  source: Source,
): [Expr | undefined, Statement[]][] {
  const found: [Expr | undefined, Statement[]][] = [];
  for (const [index, kid] of kids.entries()) {
    if (kid.type === "Body") {
      const before = source.child(kids, index - 1);
      const test = before.type === "else" ? undefined : toExpr(before, source);
      found.push([test, bodyOf(kid, source)]);
    }
  }
  return found;
}

function forLoop(raw: Raw, source: Source): Statement {
  const at = source.place(raw);
  if (source.child(raw.kids, 0).type === "async") {
    return { kind: "unsupported", what: "an async for", at };
  }
  const [head, ...bodies] = splitBodies(raw.kids.slice(1));
  const [target, from] = splitAt(head, "in");
  return {
    kind: "for",
    target: exprList(target, source),
    source: exprList(from, source),
    body: bodyOf(bodies[0]?.[0], source),
    otherwise: bodyOf(bodies[1]?.[0], source),
    at,
  };
}

/** Returns the children before the first body, then each body. */
function splitBodies(kids: readonly Raw[]): [Raw[], ...Raw[][]] {
  const first = kids.findIndex((kid) => kid.type === "Body");
  const bodies = kids.slice(first).filter((kid) => kid.type === "Body");
  return [kids.slice(0, first), ...bodies.map((body) => [body])];
}

function definition(raw: Raw, source: Source): Statement {
  const at = source.place(raw);
  if (source.child(raw.kids, 0).type === "async") {
    return { kind: "unsupported", what: "an async function", at };
  }
  return {
    kind: "def",
    name: source.of(source.childOf(raw, "VariableName")),
    params: parameters(source.childOf(raw, "ParamList"), source),
    body: bodyOf(source.childOf(raw, "Body"), source),
    at,
  };
}

function importing(raw: Raw, source: Source): Statement {
  const at = source.place(raw);
  const kids = raw.kids.slice(1).filter((kid) => !"()".includes(kid.type));
  if (source.child(raw.kids, 0).type === "import") {
    return { kind: "import", names: importedNames(kids, source), at };
  }
  const [origin, names] = splitAt(kids, "import");
  const dotted = source.text.slice(
    source.child(origin, 0).from,
    source.child(origin, -1).to,
  ).replaceAll(/[\s\\]/g, "");
  const level = dotted.length - dotted.replace(/^\.+/, "").length;
  return {
    kind: "from",
    level,
    module: dotted.slice(level),
    names: importedNames(names ?? [], source),
    at,
  };
}

function importedNames(kids: readonly Raw[], source: Source): ImportedName[] {
  return splitAt(kids, ",").filter((part) => part.length > 0).map((part) => {
    const [name, alias] = splitAt(part, "as");
    return {
      name: name.map((kid) => source.of(kid)).join(""),
      alias: alias?.[0] === undefined ? undefined : source.of(alias[0]),
    };
  });
}

function withStatement(raw: Raw, source: Source): Statement {
  const at = source.place(raw);
  const [head, ...bodies] = splitBodies(raw.kids.slice(1));
  const only = head.length === 1
    ? toExpr(source.child(head, 0), source)
    : undefined;
  const isBases = only?.kind === "call" && only.callee.kind === "name" &&
    only.callee.name === "read_base";
  return isBases
    ? { kind: "bases", body: bodyOf(bodies[0]?.[0], source), at }
    : { kind: "unsupported", what: "a with statement", at };
}

/** Statements and function bodies. */
import type { ESTree } from "meriyah";
import type { Callable } from "./_bindings.ts";
import { isHelperStatement } from "./_bundlers.ts";
import type { Lowering } from "./_lower.ts";
import { boundIdentifiers } from "./_names.ts";
import { NOTHING, type Term } from "./_term.ts";

/** The body of a function: an arrow's expression is what it returns. */
export function lowerBody(node: Callable, lowering: Lowering): Term[] {
  const { body } = node;
  if (!body) return lowering.unknown(node);
  if (body.type !== "BlockStatement") {
    return [["return", lowering.expression(body)]];
  }
  const { namer } = lowering;
  const copies = (namer.bindings.copies.get(node) ?? []).map(
    ([variable, parameter]): Term => [
      "copy",
      namer.local(variable),
      namer.local(parameter),
    ],
  );
  const statements = lowering.sloppy
    ? body.body
    : body.body.filter((one) =>
      !(one.type === "ExpressionStatement" && one.directive === "use strict")
    );
  return [...copies, ...lowerStatements(statements, lowering)];
}

/** A list of statements. */
export function lowerStatements(
  statements: readonly ESTree.Node[],
  lowering: Lowering,
): Term[] {
  return statements.flatMap((one) => lowerStatement(one, lowering));
}

/** A body of a control statement is a block, braces or not. */
function block(node: ESTree.Node, lowering: Lowering): Term {
  const statements = node.type === "BlockStatement" ? node.body : [node];
  return ["block", ...lowerStatements(statements, lowering)];
}

function lowerStatement(node: ESTree.Node, lowering: Lowering): Term[] {
  switch (node.type) {
    case "EmptyStatement":
      return [];
    case "ExpressionStatement":
      if (isHelperStatement(node, lowering.namer)) return [];
      return [[
        node.directive === "use strict" ? "directive" : "expr",
        lowering.expression(node.expression),
      ]];
    case "VariableDeclaration":
      return lowerDeclaration(node, lowering);
    case "FunctionDeclaration":
      if (!node.id) return lowering.unknown(node);
      return [[
        "function",
        lowering.namer.identifier(node.id),
        lowering.callable(node, "function"),
      ]];
    case "ClassDeclaration":
      if (!node.id) return lowering.unknown(node);
      return [[
        "declare",
        lowering.namer.identifier(node.id),
        lowering.class(node),
      ]];
    case "BlockStatement":
      return [block(node, lowering)];
    case "ReturnStatement":
      return [[
        "return",
        ...(node.argument ? [lowering.expression(node.argument)] : []),
      ]];
    case "ThrowStatement":
      return [["throw", lowering.expression(node.argument)]];
    case "DebuggerStatement":
      return [["debugger"]];
    default:
      return [lowerControl(node, lowering)];
  }
}

function lowerControl(node: ESTree.Node, lowering: Lowering): Term {
  switch (node.type) {
    case "IfStatement":
      return [
        "if",
        lowering.expression(node.test),
        block(node.consequent, lowering),
        ...(node.alternate ? [block(node.alternate, lowering)] : []),
      ];
    case "SwitchStatement":
      return [
        "switch",
        lowering.expression(node.discriminant),
        ...node.cases.map((one): Term => [
          "case",
          one.test ? lowering.expression(one.test) : NOTHING,
          ...lowerStatements(one.consequent, lowering),
        ]),
      ];
    case "TryStatement":
      return [
        "try",
        block(node.block, lowering),
        node.handler
          ? [
            "catch",
            node.handler.param ? lowering.pattern(node.handler.param) : NOTHING,
            block(node.handler.body, lowering),
          ]
          : NOTHING,
        ...(node.finalizer ? [block(node.finalizer, lowering)] : []),
      ];
    case "LabeledStatement":
      return lowering.namer.labelled(node.label.name, (atom) => [
        "label",
        atom,
        labelledBody(node.body, lowering),
      ]);
    case "BreakStatement":
    case "ContinueStatement":
      return [
        node.type === "BreakStatement" ? "break" : "continue",
        ...(node.label ? [lowering.namer.label(node.label.name)] : []),
      ];
    case "WithStatement":
      return [
        "with",
        lowering.expression(node.object),
        block(node.body, lowering),
      ];
    default:
      return lowerLoop(node, lowering);
  }
}

function lowerLoop(node: ESTree.Node, lowering: Lowering): Term {
  switch (node.type) {
    case "WhileStatement":
      return [
        "while",
        lowering.expression(node.test),
        block(node.body, lowering),
      ];
    case "DoWhileStatement":
      return ["do", block(node.body, lowering), lowering.expression(node.test)];
    case "ForStatement":
      return [
        "for",
        ["init", ...lowerInit(node.init, lowering)],
        node.test ? lowering.expression(node.test) : NOTHING,
        node.update ? lowering.expression(node.update) : NOTHING,
        block(node.body, lowering),
      ];
    case "ForInStatement":
      return ["for-in", ...lowerEach(node, lowering)];
    case "ForOfStatement":
      return [
        node.await ? "for-await" : "for-of",
        ...lowerEach(node, lowering),
      ];
    default:
      return lowering.unknown(node);
  }
}

/** `continue` to a label must find its loop; any other body is a block. */
function labelledBody(node: ESTree.Node, lowering: Lowering): Term {
  switch (node.type) {
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "LabeledStatement":
      return lowerControl(node, lowering);
    default:
      return block(node, lowering);
  }
}

function lowerInit(node: ESTree.Node | null, lowering: Lowering): Term[] {
  if (!node) return [];
  return node.type === "VariableDeclaration"
    ? lowerDeclaration(node, lowering)
    : [["expr", lowering.expression(node)]];
}

function lowerEach(
  node: ESTree.ForInStatement | ESTree.ForOfStatement,
  lowering: Lowering,
): Term[] {
  const { left } = node;
  const target = left.type === "VariableDeclaration"
    ? lowerDeclaration(left, lowering)
    : [lowering.pattern(left)];
  return [
    ...target,
    lowering.expression(node.right),
    block(node.body, lowering),
  ];
}

function lowerDeclaration(
  node: ESTree.VariableDeclaration,
  lowering: Lowering,
): Term[] {
  return node.declarations.map((one): Term => [
    declarationKind(node.kind, one.id, lowering),
    lowering.pattern(one.id),
    ...(one.init ? [lowering.expression(one.init)] : []),
  ]);
}

/** `let` is `const` where nothing assigns; a `const` that is assigned to throws, so it is marked. */
function declarationKind(
  kind: ESTree.VariableDeclaration["kind"],
  pattern: ESTree.Node,
  lowering: Lowering,
): string {
  const { bindings } = lowering.namer;
  if (bindings.dynamic || (kind !== "let" && kind !== "const")) {
    return kind === "await using" ? "await-using" : kind;
  }
  if (!assignsAny(pattern, kind, bindings.of)) return "const";
  return kind === "const" ? "const!" : "let";
}

function assignsAny(
  pattern: ESTree.Node,
  kind: "let" | "const",
  of: Lowering["namer"]["bindings"]["of"],
): boolean {
  // Code elsewhere in the module may assign to what a statement of a module declares.
  return boundIdentifiers(pattern).some((node) =>
    of.get(node)?.assigned ?? kind === "let"
  );
}

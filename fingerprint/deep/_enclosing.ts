/** The names around a function that stands inside others. */
import type { ESTree } from "meriyah";
import { boundNames, lexicalNames, varNames } from "../_names.ts";

/**
 * The names of one enclosing scope: a function or class that can be followed, or `null` for a value
 * that only the running program knows.
 */
export type EnclosingScope = ReadonlyMap<string, ESTree.Node | null>;

/**
 * Lists the scopes around a node.
 *
 * @param path The nodes from the module down to, but without, the node.
 * @returns the scopes, innermost first; the module's own is not among them.
 */
export function enclosingScopes(
  path: readonly ESTree.Node[],
): EnclosingScope[] {
  const scopes: EnclosingScope[] = [];
  for (const node of path.slice(1)) {
    const names = namesOf(node);
    if (names.size > 0) scopes.unshift(names);
  }
  return scopes;
}

function namesOf(node: ESTree.Node): Map<string, ESTree.Node | null> {
  const names = new Map<string, ESTree.Node | null>();
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      for (const name of node.params.flatMap(boundNames)) names.set(name, null);
      if (node.body?.type === "BlockStatement") {
        for (const name of varNames(node.body.body)) names.set(name, null);
      }
      if (node.type === "FunctionExpression" && node.id) {
        names.set(node.id.name, node);
      }
      break;
    case "ClassDeclaration":
    case "ClassExpression":
      if (node.id) names.set(node.id.name, node);
      break;
    case "BlockStatement":
    case "StaticBlock":
      addStatements(names, node.body);
      break;
    case "SwitchStatement":
      addStatements(names, node.cases.flatMap((one) => one.consequent));
      break;
    case "CatchClause":
      if (node.param) {
        for (const name of boundNames(node.param)) names.set(name, null);
      }
      break;
    case "ForStatement":
      if (node.init) addStatements(names, [node.init]);
      break;
    case "ForInStatement":
    case "ForOfStatement":
      addStatements(names, [node.left]);
  }
  return names;
}

function addStatements(
  names: Map<string, ESTree.Node | null>,
  statements: readonly ESTree.Node[],
): void {
  for (const { name } of lexicalNames(statements)) names.set(name, null);
  for (const node of statements) {
    if (
      node.type === "FunctionDeclaration" || node.type === "ClassDeclaration"
    ) {
      if (node.id) names.set(node.id.name, node);
    } else if (node.type === "VariableDeclaration" && node.kind === "const") {
      for (const one of node.declarations) {
        if (one.id.type === "Identifier" && isCallable(one.init)) {
          names.set(one.id.name, one.init);
        }
      }
    }
  }
}

function isCallable(node: ESTree.Node | null | undefined): node is ESTree.Node {
  return node?.type === "ArrowFunctionExpression" ||
    node?.type === "FunctionExpression" || node?.type === "ClassExpression";
}

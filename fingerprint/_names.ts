/** The names that patterns and statements declare. */
import type { ESTree } from "meriyah";

function isNode(value: unknown): value is ESTree.Node {
  return typeof value === "object" && value !== null &&
    typeof (value as { type?: unknown }).type === "string";
}

/** The nodes directly below a node, in order of the source. */
export function childNodes(node: ESTree.Node): ESTree.Node[] {
  const children: ESTree.Node[] = [];
  // Plain loops: this is called for each node of each module.
  for (const key in node) {
    const value: unknown = node[key as keyof ESTree.Node];
    if (typeof value !== "object" || value === null) continue;
    if (!Array.isArray(value)) {
      if (isNode(value)) children.push(value);
      continue;
    }
    for (const item of value) if (isNode(item)) children.push(item);
  }
  return children;
}

/** The identifiers that a binding pattern declares. */
export function boundIdentifiers(node: ESTree.Node): ESTree.Identifier[] {
  switch (node.type) {
    case "Identifier":
      return [node];
    case "ObjectPattern":
      return node.properties.flatMap(boundIdentifiers);
    case "Property":
      return boundIdentifiers(node.value);
    case "ArrayPattern":
      return node.elements.flatMap((one) => one ? boundIdentifiers(one) : []);
    case "RestElement":
      return boundIdentifiers(node.argument);
    case "AssignmentPattern":
      return boundIdentifiers(node.left);
    default:
      return [];
  }
}

/** The names that a binding pattern declares. */
export function boundNames(node: ESTree.Node): string[] {
  return boundIdentifiers(node).map((one) => one.name);
}

function withoutLabels(node: ESTree.Node): ESTree.Node {
  let inner = node;
  while (inner.type === "LabeledStatement") inner = inner.body;
  return inner;
}

/** The names that `let`, `const`, `using`, `class` and `function` declare in a list of statements. */
export function lexicalNames(
  statements: readonly ESTree.Node[],
): { name: string; isFunction: boolean }[] {
  const names: { name: string; isFunction: boolean }[] = [];
  for (const statement of statements) {
    const node = withoutLabels(statement);
    if (node.type === "VariableDeclaration" && node.kind !== "var") {
      for (const one of node.declarations) {
        for (const name of boundNames(one.id)) {
          names.push({ name, isFunction: false });
        }
      }
    } else if (node.type === "FunctionDeclaration" && node.id) {
      names.push({ name: node.id.name, isFunction: true });
    } else if (node.type === "ClassDeclaration" && node.id) {
      names.push({ name: node.id.name, isFunction: false });
    }
  }
  return names;
}

/** The names that `var` declares in statements, at any depth, but not inside of functions. */
export function varNames(statements: readonly ESTree.Node[]): string[] {
  const names: string[] = [];
  const visit = (node: ESTree.Node): void => {
    switch (node.type) {
      case "VariableDeclaration":
        if (node.kind !== "var") return;
        for (const one of node.declarations) names.push(...boundNames(one.id));
        return;
      case "BlockStatement":
      case "IfStatement":
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
      case "TryStatement":
      case "CatchClause":
      case "SwitchStatement":
      case "SwitchCase":
      case "LabeledStatement":
      case "WithStatement":
        for (const child of childNodes(node)) visit(child);
    }
  };
  for (const statement of statements) visit(statement);
  return names;
}

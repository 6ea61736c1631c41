/** JSX as calls, so that it is canonicalised like other code. */
import type { AnyNode } from "./_erase_types.ts";

/** The name of the function that makes elements; no variable can have it. */
const MAKE = "<>";

/**
 * Writes an element as `<>(type, props, …children)`.
 *
 * @param node A JSX element or fragment.
 */
export function lowerJsx(node: AnyNode): AnyNode {
  const opening = node.openingElement as AnyNode | undefined;
  const type = opening === undefined
    ? literal("")
    : elementType(opening.name as AnyNode);
  const props = {
    type: "ObjectExpression",
    properties: ((opening?.attributes ?? []) as AnyNode[]).map(attribute),
  };
  return {
    type: "CallExpression",
    callee: { type: "Identifier", name: MAKE },
    arguments: [type, props, ...(node.children as AnyNode[]).flatMap(child)],
    loc: node.loc,
  };
}

function elementType(name: AnyNode): AnyNode {
  switch (name.type) {
    case "JSXMemberExpression":
      return {
        type: "MemberExpression",
        object: elementType(name.object as AnyNode),
        property: identifierOf(name.property as AnyNode),
        computed: false,
      };
    case "JSXNamespacedName":
      return literal(textOf(name));
    default:
      return /^[a-z]|-/.test(String(name.name)) ? literal(String(name.name)) : {
        type: name.name === "this" ? "ThisExpression" : "Identifier",
        name: name.name,
      };
  }
}

function identifierOf(name: AnyNode): AnyNode {
  return { type: "Identifier", name: name.name };
}

function attribute(node: AnyNode): AnyNode {
  if (node.type === "JSXSpreadAttribute") {
    return { type: "SpreadElement", argument: node.argument };
  }
  const value = node.value as AnyNode | null;
  return {
    type: "Property",
    kind: "init",
    method: false,
    shorthand: false,
    computed: false,
    key: literal(textOf(node.name as AnyNode)),
    value: value === null ? literal(true) : inner(value),
  };
}

function inner(node: AnyNode): AnyNode {
  return node.type === "JSXExpressionContainer"
    ? node.expression as AnyNode
    : node;
}

function child(node: AnyNode): AnyNode[] {
  switch (node.type) {
    case "JSXText": {
      const text = withoutIndent(String(node.value));
      return text === "" ? [] : [literal(text)];
    }
    case "JSXSpreadChild":
      return [{ type: "SpreadElement", argument: node.expression }];
    case "JSXExpressionContainer": {
      const expression = node.expression as AnyNode;
      return expression.type === "JSXEmptyExpression" ? [] : [expression];
    }
    default:
      return [node];
  }
}

/** Lines of JSX text are trimmed and joined by spaces, as its compilers do. */
function withoutIndent(text: string): string {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.map((line, i) => {
    const start = i === 0 ? line : line.replace(/^[ \t]+/, "");
    return i === lines.length - 1 ? start : start.replace(/[ \t]+$/, "");
  }).filter((line) => line !== "").join(" ");
}

function textOf(name: AnyNode): string {
  return name.type === "JSXNamespacedName"
    ? `${textOf(name.namespace as AnyNode)}:${textOf(name.name as AnyNode)}`
    : String(name.name);
}

function literal(value: string | boolean): AnyNode {
  return { type: "Literal", value, raw: JSON.stringify(value) };
}

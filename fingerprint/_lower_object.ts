/** Object literals and object patterns. */
import type { ESTree } from "meriyah";
import type { Lowering } from "./_lower.ts";
import type { Term } from "./_term.ts";

/** Only `__proto__: value` and `"__proto__": value` set the prototype (ECMA-262, B.3.1). */
function setsPrototype(node: ESTree.Property): boolean {
  if (node.computed || node.shorthand || node.method || node.kind !== "init") {
    return false;
  }
  const { key } = node;
  return key.type === "Identifier"
    ? key.name === "__proto__"
    : key.type === "Literal" && key.value === "__proto__";
}

function lowerProperty(node: ESTree.Property, lowering: Lowering): Term {
  if (setsPrototype(node)) return ["proto", lowering.expression(node.value)];
  const key = lowering.key(node.key, node.computed);
  if (
    node.value.type === "FunctionExpression" &&
    (node.method || node.kind !== "init")
  ) {
    const value = lowering.callable(node.value, "method");
    return [node.kind === "init" ? "prop" : node.kind, key, value];
  }
  return ["prop", key, lowering.expression(node.value)];
}

/** An object literal; the order of its keys counts. */
export function lowerObject(
  node: ESTree.ObjectExpression,
  lowering: Lowering,
): Term {
  return [
    "object",
    ...node.properties.map((one) =>
      one.type === "Property"
        ? lowerProperty(one, lowering)
        : lowering.expression(one)
    ),
  ];
}

/** An object pattern. */
export function lowerObjectPattern(
  node: ESTree.ObjectPattern,
  lowering: Lowering,
): Term {
  return [
    "object-pattern",
    ...node.properties.map((one): Term =>
      one.type === "Property"
        ? [
          "prop",
          lowering.key(one.key, one.computed),
          lowering.pattern(one.value),
        ]
        : lowering.pattern(one)
    ),
  ];
}

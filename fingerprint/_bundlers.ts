/** What bundlers and test runners leave in the text of functions, and how it is undone. */
import type { ESTree } from "meriyah";
import { VITE_IMPORT } from "./_bindings.ts";
import type { Namer } from "./_namer.ts";

const CALLABLE: readonly string[] = [
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassExpression",
];

/** esbuild's `keepNames` (also tsx) wraps functions into `__name(fn, "name")`. */
export function isHelperCall(node: ESTree.Node, namer: Namer): boolean {
  return namesItsFirst(node, namer, CALLABLE);
}

function namesItsFirst(
  node: ESTree.Node,
  namer: Namer,
  types: readonly string[],
): boolean {
  if (node.type !== "CallExpression" || node.optional) return false;
  const { callee, arguments: [first, second, ...more] } = node;
  return callee.type === "Identifier" && /^__name\d*$/.test(callee.name) &&
    !namer.bindings.of.has(callee) && first !== undefined &&
    types.includes(first.type) && second?.type === "Literal" &&
    typeof second.value === "string" && more.length === 0;
}

/** `__name(f, "f");` after a declaration. */
export function isHelperStatement(node: ESTree.Node, namer: Namer): boolean {
  if (node.type !== "ExpressionStatement") return false;
  return namesItsFirst(node.expression, namer, [
    "Identifier",
    "ThisExpression",
  ]);
}

/** `static { __name(this, "C"); }`. */
export function isHelperBlock(node: ESTree.StaticBlock, namer: Namer): boolean {
  return node.body.length > 0 &&
    node.body.every((one) => isHelperStatement(one, namer));
}

/**
 * vite-node and Vitest write `x` as `__vi_import_0__.x`, and `x()` as `(0, __vi_import_0__.x)()`.
 *
 * @returns the atom of `x`; `undefined` if the node is something else, or if the name alone would
 * not tell which import is meant.
 */
export function viteImport(
  node: ESTree.Node,
  namer: Namer,
): string | undefined {
  if (node.type === "SequenceExpression") {
    const [zero, member, ...more] = node.expressions;
    return zero?.type === "Literal" && zero.value === 0 && more.length === 0 &&
        member?.type === "MemberExpression"
      ? viteImport(member, namer)
      : undefined;
  }
  if (node.type !== "MemberExpression" || node.computed || node.optional) {
    return;
  }
  const { object, property } = node;
  if (object.type !== "Identifier" || property.type !== "Identifier") return;
  if (!VITE_IMPORT.test(object.name) || namer.bindings.of.has(object)) return;
  const { name } = property;
  // A default import has lost its name.
  if (name === "default" || namer.bindings.ambiguousImports.has(name)) return;
  return namer.freeName(name);
}

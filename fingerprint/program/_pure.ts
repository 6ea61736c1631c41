/** Whether evaluating an expression can have an effect, or depend on when it happens. */
import type { ESTree } from "meriyah";

/** Classes whose instances hold only what they are given. */
const CONTAINERS =
  /^(?:Map|Set|WeakMap|WeakSet|Array|Object|RegExp|Error|[A-Z]\w*Array|ArrayBuffer|TextEncoder|TextDecoder|URL|AbortController|EventTarget)$/;

/** Objects of the language whose members are constants. */
const GLOBALS = /^(?:Math|Number|Symbol|Object|Array|String|BigInt|JSON|Date)$/;

/**
 * Tells whether the order in which an expression is evaluated certainly does not matter.
 *
 * @param node The expression; none is pure.
 */
export function isPure(node: ESTree.Node | null | undefined): boolean {
  if (!node) return true;
  switch (node.type) {
    case "Literal":
    case "Identifier":
    case "ThisExpression":
    case "MetaProperty":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return true;
    case "ClassExpression":
      return !runsClass(node);
    case "TemplateLiteral":
      return node.expressions.every(isPure);
    case "UnaryExpression":
      return node.operator !== "delete" && isPure(node.argument);
    case "BinaryExpression":
    case "LogicalExpression":
      return isPure(node.left) && isPure(node.right);
    case "ConditionalExpression":
      return isPure(node.test) && isPure(node.consequent) &&
        isPure(node.alternate);
    case "MemberExpression":
      // A getter of anything else may have an effect.
      return !node.computed && node.object.type === "Identifier" &&
        GLOBALS.test(node.object.name);
    case "ArrayExpression":
      return node.elements.every(isPure);
    case "ObjectExpression":
      return node.properties.every((one) =>
        one.type === "Property"
          ? (!one.computed || isPure(one.key)) && isPure(one.value)
          : isPure(one)
      );
    case "NewExpression":
      return node.callee.type === "Identifier" &&
        CONTAINERS.test(node.callee.name) && node.arguments.every(isPlain);
    case "CallExpression":
      return (isFreeze(node.callee) || isEnum(node)) &&
        node.arguments.every(isPure);
    default:
      return false;
  }
}

/** Whether a value can be looked through without running code of the program. */
function isPlain(node: ESTree.Node): boolean {
  return node.type !== "Identifier" && node.type !== "ThisExpression" &&
    isPure(node);
}

function isFreeze(node: ESTree.Node): boolean {
  return node.type === "MemberExpression" && !node.computed &&
    node.object.type === "Identifier" && node.object.name === "Object" &&
    node.property.type === "Identifier" && node.property.name === "freeze";
}

/** `enum("enum", …)`, as which enums are written. */
function isEnum({ callee, arguments: [what] }: ESTree.CallExpression): boolean {
  return callee.type === "Identifier" && callee.name === "enum" &&
    what?.type === "Literal" && what.value === "enum";
}

/** Whether code of a class runs when it is declared. */
export function runsClass(
  node: ESTree.ClassDeclaration | ESTree.ClassExpression,
): boolean {
  return (node.decorators ?? []).length > 0 || !isPure(node.superClass) ||
    node.body.body.some(runsMember);
}

/** Whether code of a member runs when its class is declared. */
export function runsMember(member: ESTree.Node): boolean {
  if (member.type === "StaticBlock") return true;
  if (!("key" in member)) return true;
  const { decorators, computed, key } = member as ESTree.PropertyDefinition;
  if ((decorators ?? []).length > 0 || computed && !isPure(key)) return true;
  return member.type !== "MethodDefinition" &&
    (member as ESTree.PropertyDefinition).static &&
    !isPure((member as ESTree.PropertyDefinition).value);
}

/** Views: functions given to a scope that only set config values. */
import type { ESTree } from "meriyah";
import { boundNames } from "../_names.ts";

/** A call of `observe`. */
export interface ObserveCall {
  /** The name of the scope. */
  readonly scope: string;
  /** The function, or the name of one. */
  readonly fn: ESTree.Node;
}

/**
 * Reads `scope.observe(fn)`, `scope.observe(options, fn)` and `scope.observe(options)(fn)`.
 *
 * @param node An expression.
 */
export function observeCall(
  node: ESTree.Node | null | undefined,
): ObserveCall | undefined {
  if (node?.type !== "CallExpression") return undefined;
  const fn = node.arguments.at(-1);
  if (fn === undefined) return undefined;
  const { callee } = node;
  const isCurried = callee.type === "CallExpression";
  const scope = scopeOf(isCurried ? callee.callee : callee);
  const others = isCurried
    ? [...callee.arguments, ...node.arguments.slice(0, -1)]
    : node.arguments.slice(0, -1);
  const isFunction = fn.type === "FunctionExpression" ||
    fn.type === "ArrowFunctionExpression" || fn.type === "Identifier";
  return scope !== undefined && isFunction && others.length <= 1 &&
      others.every((one) => new Setter(new Set()).reads(one))
    ? { scope, fn }
    : undefined;
}

function scopeOf(callee: ESTree.Node): string | undefined {
  return callee.type === "MemberExpression" && !callee.computed &&
      callee.object.type === "Identifier" &&
      callee.property.type === "Identifier" &&
      callee.property.name === "observe"
    ? callee.object.name
    : undefined;
}

/**
 * Tells whether a function does nothing but set members of its parameter, from constants and from other members.
 *
 * @param node The function.
 */
export function onlySets(node: ESTree.Node | null | undefined): boolean {
  if (
    node?.type !== "FunctionExpression" &&
    node?.type !== "FunctionDeclaration" &&
    node?.type !== "ArrowFunctionExpression"
  ) return false;
  const [config, ...more] = node.params;
  if (node.async || node.generator || more.length > 0) return false;
  if (config?.type !== "Identifier" || !node.body) return false;
  const setter = new Setter(new Set([config.name]));
  return node.body.type === "BlockStatement"
    ? setter.does(node.body)
    : setter.sets(node.body);
}

/** Built-in functions whose only effect is what they return: the config shows that. */
const FUNCTIONS =
  /^(?:Number|String|Boolean|BigInt|parseInt|parseFloat|structuredClone)$/;
const METHODS =
  /^(?:Math\.(?!random$)\w+|Object\.(?:keys|values|entries|fromEntries|freeze)|Number\.\w+|Array\.(?:of|from|isArray)|JSON\.\w+|Date\.\w+|crypto\.randomUUID)$/;

/** Methods of strings, lists and dates that change nothing. */
const METHODS_OF_VALUES = new Set(
  ("at concat endsWith includes indexOf join padEnd padStart repeat replace replaceAll slice split startsWith " +
    "toFixed toISOString toLowerCase toString toUpperCase trim").split(" "),
);

class Setter {
  /** The config, and the variables of the function. */
  readonly #own: Set<string>;

  constructor(own: Set<string>) {
    this.#own = own;
  }

  /** Whether a statement only sets. */
  does(node: ESTree.Node): boolean {
    switch (node.type) {
      case "BlockStatement":
        return node.body.every((one) => this.does(one));
      case "EmptyStatement":
        return true;
      case "ExpressionStatement":
        return node.directive !== undefined || this.sets(node.expression);
      case "IfStatement":
        return this.reads(node.test) && this.does(node.consequent) &&
          (!node.alternate || this.does(node.alternate));
      case "ReturnStatement":
        return !node.argument;
      case "VariableDeclaration":
        return node.declarations.every(({ id, init }) => {
          for (const name of boundNames(id)) this.#own.add(name);
          return id.type === "Identifier" && (!init || this.reads(init));
        });
      default:
        return false;
    }
  }

  /** Whether an expression sets a member of the config, or a variable of the function. */
  sets(node: ESTree.Node): boolean {
    switch (node.type) {
      case "AssignmentExpression":
        return this.#isOwn(node.left) &&
          (this.reads(node.right) || this.sets(node.right));
      case "UpdateExpression":
        return this.#isOwn(node.argument);
      case "UnaryExpression":
        return node.operator === "delete" && this.#isOwn(node.argument);
      case "SequenceExpression":
        return node.expressions.every((one) => this.sets(one));
      case "CallExpression": {
        const [target, ...sources] = node.arguments;
        return nameOf(node.callee) === "Object.assign" &&
          target !== undefined && this.#isOwn(target) &&
          sources.every((one) => this.reads(one));
      }
      default:
        return false;
    }
  }

  #isOwn(node: ESTree.Node): boolean {
    if (node.type === "Identifier") return this.#own.has(node.name);
    return node.type === "MemberExpression" && this.#isOwn(node.object) &&
      (!node.computed || this.reads(node.property));
  }

  /** Whether an expression has no effect and calls nothing of the program. */
  reads(node: ESTree.Node): boolean {
    const all = (nodes: readonly (ESTree.Node | null)[]) =>
      nodes.every((one) => one === null || this.reads(one));
    switch (node.type) {
      case "Literal":
      case "Identifier":
        return true;
      case "TemplateLiteral":
        return all(node.expressions);
      case "MemberExpression":
        return this.reads(node.object) &&
          (!node.computed || this.reads(node.property));
      case "ChainExpression":
        return this.reads(node.expression);
      case "UnaryExpression":
        return node.operator !== "delete" && this.reads(node.argument);
      case "BinaryExpression":
      case "LogicalExpression":
        return this.reads(node.left) && this.reads(node.right);
      case "ConditionalExpression":
        return all([node.test, node.consequent, node.alternate]);
      case "ArrayExpression":
        return all(node.elements);
      case "SpreadElement":
        return this.reads(node.argument);
      case "ObjectExpression":
        return node.properties.every((one) =>
          one.type === "Property"
            ? (!one.computed || this.reads(one.key)) && this.reads(one.value)
            : this.reads(one)
        );
      case "NewExpression":
        return nameOf(node.callee) === "Date" && all(node.arguments);
      case "CallExpression": {
        const name = nameOf(node.callee) ?? "";
        const isKnown = FUNCTIONS.test(name) || METHODS.test(name) ||
          this.#isMethodOfValue(node.callee);
        return isKnown && all(node.arguments);
      }
      default:
        return false;
    }
  }

  #isMethodOfValue(callee: ESTree.Node): boolean {
    return callee.type === "MemberExpression" && !callee.computed &&
      callee.property.type === "Identifier" &&
      METHODS_OF_VALUES.has(callee.property.name) &&
      callee.object.type !== "Identifier" && this.reads(callee.object);
  }
}

/** `Math.max` or `Number`; variables of the program are never called so. */
function nameOf(node: ESTree.Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  return node.type === "MemberExpression" && !node.computed &&
      node.object.type === "Identifier" && node.property.type === "Identifier"
    ? `${node.object.name}.${node.property.name}`
    : undefined;
}

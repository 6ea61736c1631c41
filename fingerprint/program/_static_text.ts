/** What an expression is as a string or as a URL, where the source alone tells. */
import type { ESTree } from "meriyah";
import { childNodes } from "../_names.ts";

/** The value of an expression. */
export interface StaticText {
  readonly text: string;
  /** Whether it is relative to the module, as `new URL(text, import.meta.url)` is. */
  readonly isBeside: boolean;
}

/** The initialisers of constants of a module whose names are declared once. */
export type Constants = ReadonlyMap<string, ESTree.Node>;

/** Lists the constants of a tree. */
export function constantsOf(program: ESTree.Node): Constants {
  const found = new Map<string, ESTree.Node | undefined>();
  const visit = (node: ESTree.Node): void => {
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier") {
      const { name } = node.id;
      found.set(name, found.has(name) ? undefined : node.init ?? undefined);
    }
    for (const child of childNodes(node)) visit(child);
  };
  visit(program);
  const known = [...found].filter((one): one is [string, ESTree.Node] =>
    one[1] !== undefined
  );
  return new Map(known);
}

/**
 * Evaluates an expression that is a string or a URL.
 *
 * @param node The expression.
 * @param constants The constants around it.
 * @returns the value; `undefined` if it is known at run time only.
 */
export function staticText(
  node: ESTree.Node,
  constants: Constants,
  depth = 0,
): StaticText | undefined {
  if (depth > 16) return undefined;
  const read = (one: ESTree.Node) => staticText(one, constants, depth + 1);
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? plain(node.value) : undefined;
    case "TemplateLiteral":
      return node.expressions.length === 0
        ? plain(String(node.quasis[0]?.value.cooked))
        : undefined;
    case "BinaryExpression": {
      const [left, right] = [read(node.left), read(node.right)];
      return node.operator === "+" && left && right && !right.isBeside
        ? { ...left, text: left.text + right.text }
        : undefined;
    }
    case "Identifier": {
      const value = constants.get(node.name);
      return value && read(value);
    }
    case "MemberExpression":
      return /^(?:href|pathname)$/.test(memberName(node) ?? "")
        ? beside(read(node.object))
        : undefined;
    case "NewExpression":
      return besideModule(node, read);
    case "CallExpression":
      return ofCall(node, read);
    default:
      return undefined;
  }
}

function plain(text: string): StaticText {
  return { text, isBeside: false };
}

function beside(text: StaticText | undefined): StaticText | undefined {
  return text?.isBeside === true ? text : undefined;
}

type Read = (node: ESTree.Node) => StaticText | undefined;

/** `new URL("./x.ts", import.meta.url)`. */
function besideModule(
  node: ESTree.NewExpression,
  read: Read,
): StaticText | undefined {
  const [target, base] = node.arguments;
  if (node.callee.type !== "Identifier" || node.callee.name !== "URL") {
    return undefined;
  }
  const text = target && read(target);
  if (text === undefined || base === undefined) return undefined;
  if (!isMeta(base, "url")) return undefined;
  const isRelative = !/^(?:\.{0,2}\/|[a-z][a-z+.-]*:)/i.test(text.text);
  return { text: isRelative ? `./${text.text}` : text.text, isBeside: true };
}

/** `import.meta.resolve(x)`, `fileURLToPath(url)`, `String(url)`, `url.toString()`. */
function ofCall(
  { callee, arguments: args }: ESTree.CallExpression,
  read: Read,
): StaticText | undefined {
  const [first] = args;
  if (isMeta(callee, "resolve")) {
    const text = first && read(first);
    return text && { ...text, isBeside: true };
  }
  if (callee.type === "MemberExpression" && memberName(callee) === "toString") {
    return beside(read(callee.object));
  }
  return callee.type === "Identifier" && first !== undefined &&
      /^(?:fileURLToPath|String)$/.test(callee.name)
    ? beside(read(first))
    : undefined;
}

/** Whether a node is `import.meta` with a member. */
export function isMeta(node: ESTree.Node, name: string): boolean {
  return node.type === "MemberExpression" &&
    node.object.type === "MetaProperty" && memberName(node) === name;
}

function memberName(node: ESTree.MemberExpression): string | undefined {
  return !node.computed && node.property.type === "Identifier"
    ? node.property.name
    : undefined;
}

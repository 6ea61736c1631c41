/**
 * From the text of a function to its syntax tree. Loads the parser, so it is itself loaded only when
 * code is fingerprinted.
 */
import { type ESTree, parse } from "meriyah";

/** The tree of one function, getter, setter, method or class. */
export interface ParsedFunction {
  /** The function or class. */
  readonly node: ESTree.Node;
  /** How it was written. */
  readonly role: "function" | "method" | "get" | "set";
  /** Whether it parses only as sloppy code. */
  readonly sloppy: boolean;
}

/** A context in which source text can be a function, and how to find the function in it. */
interface Setting {
  readonly before: string;
  readonly after: string;
  find(program: ESTree.Program): Omit<ParsedFunction, "sloppy"> | undefined;
}

function firstExpression(program: ESTree.Program): ESTree.Node | undefined {
  const [statement] = program.body;
  return statement?.type === "ExpressionStatement" && program.body.length === 1
    ? statement.expression
    : undefined;
}

function asFunction(
  node: ESTree.Node | undefined,
): Omit<ParsedFunction, "sloppy"> | undefined {
  switch (node?.type) {
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ClassExpression":
      return { node, role: "function" };
    default:
      return undefined;
  }
}

function classMembers(program: ESTree.Program): ESTree.Node[] {
  const node = firstExpression(program);
  return node?.type === "ClassExpression" ? node.body.body : [];
}

/** The arrow that is the only statement of the only method. */
function inMethod(program: ESTree.Program) {
  const [member, ...more] = classMembers(program);
  if (member?.type !== "MethodDefinition" || more.length > 0) return undefined;
  const [statement, ...rest] = member.value.body?.body ?? [];
  return statement?.type === "ExpressionStatement" && rest.length === 0
    ? asFunction(statement.expression)
    : undefined;
}

const SETTINGS: readonly Setting[] = [
  {
    before: "(",
    after: "\n)",
    find: (program) => asFunction(firstExpression(program)),
  },
  {
    before: "({",
    after: "\n})",
    find(program) {
      const node = firstExpression(program);
      if (node?.type !== "ObjectExpression") return undefined;
      const [property, ...more] = node.properties;
      if (property?.type !== "Property" || more.length > 0) return undefined;
      const { kind, method, value } = property;
      if (value.type !== "FunctionExpression") return undefined;
      if (kind !== "init") return { node: value, role: kind };
      return method ? { node: value, role: "method" } : undefined;
    },
  },
  {
    before: "(class extends Object{",
    after: "\n})",
    find(program) {
      const [member, ...more] = classMembers(program);
      if (member?.type !== "MethodDefinition" || more.length > 0) {
        return undefined;
      }
      const { kind, value } = member;
      const role = kind === "get" || kind === "set" ? kind : "method";
      return { node: value, role };
    },
  },
  {
    before: "(class extends Object{m(){(",
    after: "\n)}})",
    find: inMethod,
  },
  {
    before: "(class extends Object{constructor(){(",
    after: "\n)}})",
    find: inMethod,
  },
];

function parseIn(
  setting: Setting,
  text: string,
  sloppy: boolean,
): ParsedFunction | undefined {
  // A regular expression that this engine does not know may be one of a newer one.
  const program = parse(setting.before + text + setting.after, {
    sourceType: sloppy ? "script" : "module",
    next: true,
    webcompat: sloppy,
    validateRegex: false,
  });
  const found = setting.find(program);
  return found === undefined ? undefined : { ...found, sloppy };
}

/**
 * Parses the text that the engine keeps of a function.
 *
 * @param text The text.
 * @returns its tree.
 * @throws {SyntaxError} If it parses in no setting.
 */
export function parseFunction(text: string): ParsedFunction {
  let first: unknown;
  for (const sloppy of [false, true]) {
    for (const setting of SETTINGS) {
      try {
        const parsed = parseIn(setting, text, sloppy);
        if (parsed !== undefined) return parsed;
      } catch (error) {
        // Nested beyond the stack, in whatever setting.
        if (error instanceof RangeError) throw error;
        // Not in this setting; the error of the first one is told if no other fits either.
        first ??= error;
      }
    }
  }
  const reason = first instanceof Error ? `: ${first.message}` : "";
  throw new SyntaxError(`its source does not parse${reason}`);
}

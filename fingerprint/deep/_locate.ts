/** Finding a function of the running program in its module's source. */
import type { ESTree } from "meriyah";
import { canonicalNode, type CanonicalOptions } from "../_canonical.ts";
import { childNodes } from "../_names.ts";
import type { Module } from "./_module.ts";

/** A function or class, and where it stands. */
export interface Located {
  readonly module: Module;
  readonly node: ESTree.Node;
  /** How it is canonicalised. */
  readonly options: Pick<CanonicalOptions, "role" | "tags">;
  /** The nodes from the module down to, but without, the node. */
  readonly path: readonly ESTree.Node[];
}

/** What is known of the function that is looked for. */
export interface Sought {
  /** Its canonical text. */
  readonly text: string;
  /** Its name; empty where it has none. */
  readonly name: string;
  /** How many parameters stand before the first with a default. */
  readonly length: number;
  /** Whether it is a class. */
  readonly isClass: boolean;
  /** A line near it, from 1, if one is known. */
  readonly line?: number;
}

/**
 * Finds the function or class whose canonical text is the one that is sought. Of several, the
 * nearest to the line is taken, then the one of the same name, then the first.
 *
 * @returns the place, or `undefined`.
 */
export function locateFunction(
  module: Module,
  sought: Sought,
): Located | undefined {
  const found: Located[] = [];
  walk(module, module.program, [], sought, found);
  const rank = (one: Located) => [
    sought.line === undefined
      ? 0
      : Math.abs(lineOf(module.text, one.node) - sought.line),
    nameOf(one.node) === sought.name ? 0 : 1,
  ];
  return found.sort((a, b) => {
    const [lineA = 0, nameA = 0] = rank(a);
    const [lineB = 0, nameB = 0] = rank(b);
    return lineA - lineB || nameA - nameB;
  })[0];
}

function walk(
  module: Module,
  node: ESTree.Node,
  path: readonly ESTree.Node[],
  sought: Sought,
  found: Located[],
): void {
  if (mayBe(node, sought)) {
    const options = optionsOf(node, path.at(-1));
    if (textOf(node, options) === sought.text) {
      found.push({ module, node, options, path });
    }
  }
  const below = [...path, node];
  for (const child of childNodes(node)) {
    walk(module, child, below, sought, found);
  }
}

/** The line in which a node starts, from 1. */
function lineOf(text: string, { start = 0 }: ESTree.Node): number {
  return text.slice(0, start).split(/\r\n|[\n\r\u2028\u2029]/).length;
}

/** A cheap look, before the canonical text is made. */
function mayBe(node: ESTree.Node, sought: Sought): boolean {
  switch (node.type) {
    case "ClassDeclaration":
    case "ClassExpression":
      return sought.isClass;
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression": {
      const end = node.params.findIndex((one) =>
        one.type === "AssignmentPattern" || one.type === "RestElement"
      );
      const length = end < 0 ? node.params.length : end;
      return !sought.isClass && length === sought.length;
    }
    default:
      return false;
  }
}

function optionsOf(
  node: ESTree.Node,
  parent: ESTree.Node | undefined,
): Located["options"] {
  if (parent?.type === "MethodDefinition" && parent.value === node) {
    return memberOptions(parent.kind);
  }
  if (parent?.type === "Property" && parent.value === node) {
    if (parent.kind !== "init") return memberOptions(parent.kind);
    return parent.method ? { role: "method" } : {};
  }
  return {};
}

function memberOptions(kind: string): Located["options"] {
  return kind === "get" || kind === "set"
    ? { role: "method", tags: [kind] }
    : { role: "method" };
}

function textOf(
  node: ESTree.Node,
  options: Located["options"],
): string | undefined {
  try {
    return canonicalNode(node, options).text;
  } catch (error) {
    // Syntax that the canonical form does not know: it is not the one that was canonicalised.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function nameOf(node: ESTree.Node): string | undefined {
  return (node as { id?: { name?: string } | null }).id?.name;
}

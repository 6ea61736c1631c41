/** A class as pieces: its head, and each of its members. */
import type { ESTree } from "meriyah";
import type { DeclarationFacts } from "./_facts.ts";
import { hashText, shapeHash } from "./_hash_text.ts";
import type { ModuleNames } from "./_module_names.ts";
import { isPure, runsClass, runsMember } from "./_pure.ts";
import { linesOf } from "./_lines.ts";

type Class = ESTree.ClassDeclaration | ESTree.ClassExpression;

/** The facts of pieces, and whether code in one of them sees every name. */
export interface FoundPieces {
  readonly declarations: readonly DeclarationFacts[];
  readonly isDynamic: boolean;
}

/**
 * Splits a class.
 *
 * @param node The class.
 * @param name The name of its piece.
 * @param names The names of the module.
 * @returns the head and the members, in the order of the file.
 */
export function classPieces(
  node: Class,
  name: string,
  names: ModuleNames,
): FoundPieces {
  const own = [...new Set([name, ...node.id ? [node.id.name] : []])];
  const head = headOf(node, name, own, names);
  const members = node.body.body.filter((one) => one.type !== "StaticBlock")
    .map((one) => memberOf(one, name, own, names));
  const all = [head, ...members];
  return {
    declarations: all.map(({ facts }) => facts),
    isDynamic: all.some((one) => one.isDynamic),
  };
}

/** What the class extends, its decorators, its static blocks, and the order in which values of fields are made. */
function headOf(
  node: Class,
  name: string,
  own: readonly string[],
  names: ModuleNames,
) {
  const blocks = node.body.body.filter((one) => one.type === "StaticBlock");
  const read = names.read(withBody(node, blocks), own);
  const order = node.body.body.filter(isOrdered).map((one) =>
    one.type === "StaticBlock" ? "static" : keyOf(one)
  );
  const start = Math.min(
    linesOf(node)[0],
    ...(node.decorators ?? []).map((one) => linesOf(one)[0]),
  );
  const ordered = order.length > 1 ? `\n${JSON.stringify(order)}` : "";
  const facts: DeclarationFacts = {
    name,
    kind: "class",
    hash: hashText(`${read.text}${ordered}`),
    shape: shapeHash(`${read.shape}${ordered}`),
    refs: read.refs,
    lines: [[start, linesOf(node.body)[0]], ...blocks.map(linesOf)],
    uses: read.uses,
    ...(runsClass(node) && { runs: true }),
  };
  return { facts, isDynamic: read.isDynamic };
}

function isOrdered(member: ESTree.Node): boolean {
  return runsMember(member) ||
    member.type === "PropertyDefinition" && !isPure(member.value);
}

function withBody(node: Class, body: ESTree.Node[]): ESTree.Node {
  return {
    ...node,
    type: "ClassExpression",
    id: null,
    body: { ...node.body, body },
  } as ESTree.Node;
}

function memberOf(
  member: ESTree.Node,
  name: string,
  own: readonly string[],
  names: ModuleNames,
) {
  const key = keyOf(member);
  const alone = {
    type: "ClassExpression",
    id: null,
    superClass: null,
    body: { type: "ClassBody", body: [withoutKey(member)] },
  } as unknown as ESTree.Node;
  const read = names.read(alone, own);
  const facts: DeclarationFacts = {
    name: `${name}.${key}`,
    kind: "method",
    hash: hashText(read.text),
    shape: shapeHash(read.shape),
    refs: read.refs,
    lines: [linesOf(member)],
    uses: read.uses,
    owner: name,
  };
  return { facts, isDynamic: read.isDynamic };
}

/** The name of a member does not count. */
function withoutKey(member: ESTree.Node): ESTree.Node {
  const { key, computed } = member as ESTree.MethodDefinition;
  if (key?.type !== "Identifier" || computed) return member;
  return {
    ...member,
    key: { ...key, name: "\u0001" },
  } as ESTree.Node;
}

function keyOf(member: ESTree.Node): string {
  const { key, computed } = member as ESTree.MethodDefinition;
  switch (key?.type) {
    case "Identifier":
      return computed ? `[${key.name}]` : key.name;
    case "PrivateIdentifier":
      return `#${key.name}`;
    case "Literal":
      return String(key.value);
    case "MemberExpression":
      return `[${pathOf(key)}]`;
    default:
      return "[computed]";
  }
}

/** `Symbol.iterator`. */
function pathOf(node: ESTree.Node): string {
  if (node.type === "Identifier") return node.name;
  return node.type === "MemberExpression" && !node.computed
    ? `${pathOf(node.object)}.${pathOf(node.property)}`
    : "computed";
}

/** Members of namespaces as names of their own: `math.add(1)` uses `add`, not all of `math`. */
import type { ESTree } from "meriyah";
import { findBindings } from "../_bindings.ts";

/** Stands between a namespace and its member in a name made for both; no real name has it. */
const JOINT = "\u0000";

/** A name for a namespace's member. */
export function memberName(namespace: string, member: string): string {
  return namespace + JOINT + member;
}

/** The namespace and the member of such a name; `undefined` for other names. */
export function splitMemberName(
  name: string,
): [namespace: string, member: string] | undefined {
  const at = name.indexOf(JOINT);
  return at < 0 ? undefined : [name.slice(0, at), name.slice(at + 1)];
}

/**
 * Replaces `namespace.member` by a name of its own, where the namespace is not shadowed.
 *
 * @param node Any node.
 * @param isNamespace Whether a free name is a namespace.
 * @returns the node, or a copy in which members are names.
 */
export function nameMembers(
  node: ESTree.Node,
  isNamespace: (name: string) => boolean,
): ESTree.Node {
  const bindings = findBindings(node);
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return mapKept(value, visit);
    if (typeof value !== "object" || value === null) return value;
    const one = value as ESTree.Node;
    const name = memberOf(
      one,
      (id) => bindings.of.get(id) === undefined && isNamespace(id.name),
    );
    if (name !== undefined) return { ...one, type: "Identifier", name };
    let copy: Record<string, unknown> | undefined;
    for (const [key, below] of Object.entries(one)) {
      if (key === "loc" || key === "range") continue;
      const visited = visit(below);
      if (visited !== below) {
        (copy ??= { ...one } as Record<string, unknown>)[key] = visited;
      }
    }
    return copy ?? one;
  };
  return visit(node) as ESTree.Node;
}

/** Maps an array, and gives the same one if nothing changed. */
function mapKept(items: unknown[], map: (item: unknown) => unknown): unknown[] {
  const mapped = items.map(map);
  return mapped.some((item, i) => item !== items[i]) ? mapped : items;
}

function memberOf(
  node: ESTree.Node,
  isNamespace: (id: ESTree.Identifier) => boolean,
): string | undefined {
  if (node.type !== "MemberExpression" || node.object.type !== "Identifier") {
    return undefined;
  }
  const member = staticName(node);
  return member !== undefined && isNamespace(node.object)
    ? memberName(node.object.name, member)
    : undefined;
}

/** The member's name, of `a.b` and `a["b"]`. */
function staticName(node: ESTree.MemberExpression): string | undefined {
  const { property } = node;
  if (!node.computed && property.type === "Identifier") return property.name;
  return property.type === "Literal" && typeof property.value === "string"
    ? property.value
    : undefined;
}

import { formatPath } from "./key_path.ts";
import { type Node, nodeOf, pathOf } from "./_node.ts";

/** The child container under a key that is a mapping, if it is one. */
function childMapping(node: Node, key: string): Node | undefined {
  const child = nodeOf((node.data as Record<string, unknown>)[key]);
  return child === undefined || Array.isArray(child.data) ? undefined : child;
}

/**
 * Sorts the leaves into read and unread. A mapping that was read itself, but none of whose keys
 * was, tells nothing of its leaves: they count as unread.
 */
export function sortLeaves(
  node: Node,
  out: { read: string[]; unread: string[] },
): void {
  for (const key of Object.keys(node.data)) {
    const child = childMapping(node, key);
    if (child !== undefined && Object.keys(child.data).length > 0) {
      sortLeaves(child, out);
    } else {(node.accessed.has(key) ? out.read : out.unread).push(
        formatPath(pathOf(node, key)),
      );}
  }
}

/** The keys that were read, with their values; in nested mappings again only those. */
export function minimalData(node: Node): Record<string, unknown> {
  const minimal: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(node.data)) {
    if (!node.accessed.has(key)) continue;
    const child = childMapping(node, key);
    minimal[key] = child === undefined
      ? (node.data as Record<string, unknown>)[key]
      : minimalData(child);
  }
  return minimal;
}

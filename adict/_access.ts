import { formatPath } from "../internal/key_path.ts";
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
    } else {(node.accessed?.has(key) ? out.read : out.unread).push(
        formatPath(pathOf(node, key)),
      );}
  }
}

/** The leaves that surely nobody read: what was given away as a copy may have been. */
export function surelyUnread(node: Node, out: string[] = []): string[] {
  if (node.escaped) return out;
  for (const key of Object.keys(node.data)) {
    const child = childMapping(node, key);
    if (child !== undefined && Object.keys(child.data).length > 0) {
      surelyUnread(child, out);
    } else if (!node.accessed?.has(key)) {
      out.push(formatPath(pathOf(node, key)));
    }
  }
  return out;
}

/** Counts what was read of one config as read of a copy of it. */
export function copyAccess(from: Node, to: Node): void {
  if (from.accessed !== undefined) {
    to.accessed = new Set([...to.accessed ?? [], ...from.accessed]);
  }
  for (const key of Object.keys(to.data)) {
    const [source, target] = [childMapping(from, key), childMapping(to, key)];
    if (source !== undefined && target !== undefined) {
      copyAccess(source, target);
    }
  }
}

/** The keys that were read, with their values; in nested mappings again only those. */
export function minimalData(node: Node): Record<string, unknown> {
  const minimal: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(node.data)) {
    if (!node.accessed?.has(key)) continue;
    const child = childMapping(node, key);
    minimal[key] = child === undefined
      ? (node.data as Record<string, unknown>)[key]
      : minimalData(child);
  }
  return minimal;
}

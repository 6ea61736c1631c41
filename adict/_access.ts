import { formatPath } from "../internal/key_path.ts";
import { type Node, nodeOf, pathOf } from "./_node.ts";

/** Returns the value of a key if it is a mapping. */
function childMapping(node: Node, key: string): Node | undefined {
  const child = nodeOf((node.data as Record<string, unknown>)[key]);
  return child === undefined || Array.isArray(child.data) ? undefined : child;
}

/**
 * Sorts the leaves into read and unread. Reading a mapping does not count as reading its leaves.
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

/** Returns the leaves that were certainly not read; a mapping that was copied may have been. */
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

/** Marks the keys that were read of one config as read in a copy of it. */
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

/** Returns the keys that were read, with their values, also in nested mappings. */
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

import { type Node, nodeOf } from "./_node.ts";

/** The data of a container as plain objects and arrays; reading it counts as no access. */
export function toPlain(node: Node): Record<string, unknown> | unknown[] {
  if (Array.isArray(node.data)) return node.data.map(plainValue);
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(node.data)) {
    // Not by assignment: that would take `__proto__` for the prototype.
    Object.defineProperty(plain, key, {
      value: plainValue((node.data as Record<string, unknown>)[key]),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return plain;
}

/** A value of a config as plain data; what is no container stays as it is. */
export function plainValue(value: unknown): unknown {
  const node = nodeOf(value);
  return node === undefined ? value : toPlain(node);
}

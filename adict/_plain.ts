import { setOwn } from "../internal/objects.ts";
import { type Node, nodeOf } from "./_node.ts";

/** Converts a container to plain objects and arrays, without counting as reading. */
export function toPlain(node: Node): Record<string, unknown> | unknown[] {
  if (Array.isArray(node.data)) return node.data.map(plainValue);
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(node.data)) {
    setOwn(
      plain,
      key,
      plainValue((node.data as Record<string, unknown>)[key]),
    );
  }
  return plain;
}

/** Converts a value of a config to plain data; a value that is not a container stays as it is. */
export function plainValue(value: unknown): unknown {
  const node = nodeOf(value);
  return node === undefined ? value : toPlain(node);
}

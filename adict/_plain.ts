import { setOwn } from "../internal/objects.ts";
import { type Node, nodeOf } from "./_node.ts";

/** The data of a container as plain objects and arrays; reading it counts as no access. */
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

/** A value of a config as plain data; what is no container stays as it is. */
export function plainValue(value: unknown): unknown {
  const node = nodeOf(value);
  return node === undefined ? value : toPlain(node);
}

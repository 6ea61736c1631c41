import {
  type Flavour,
  resolveConfig,
  type Resolved,
  type ResolveOptions,
} from "../readers/mod.ts";
import { writeKey } from "./_mapping_handler.ts";
import {
  assertWritable,
  markAccess,
  type Node,
  nodeOf,
  readData,
  setOrigin,
  silently,
} from "./_node.ts";
import { adoptOrigins } from "./origins.ts";

/** The symbol property that holds the flavour of a Hydra config; clones copy it. */
const FLAVOUR: unique symbol = Symbol("ato.resolve.flavour");

/** Stores what `resolve` needs of a Hydra config in addition to its data. */
export function keepFlavour(root: Node, flavour: Flavour): void {
  (root.symbols ??= new Map()).set(FLAVOUR, flavour);
}

/**
 * Replaces the interpolations of a config with their values: all of them, or none if one has no value.
 *
 * @param root The config.
 * @param options The keys to resolve, the resolvers and the environment.
 */
export function resolveNode(root: Node, options: ResolveOptions = {}): void {
  const resolved = resolveConfig(root, options, {
    flavour: root.symbols?.get(FLAVOUR) as Flavour | undefined,
    containerOf: nodeOf,
    onRead: markAccess,
  });
  for (const { container, key } of resolved) assertWritable(container, key);
  for (const one of resolved) write(one);
}

/** Writes a resolved value to the config, with its origins. */
function write(
  { container: node, key, data, at, below }: Resolved<Node>,
): void {
  silently(() => {
    if (Array.isArray(node.data)) {
      (node.proxy as Record<string, unknown>)[key] = data;
    } else writeKey(node, key, data);
  });
  if (at !== undefined) setOrigin(node, key, at);
  const child = nodeOf(readData(node, key));
  if (child !== undefined && below !== undefined) adoptOrigins(child, below);
}

import { getProcess } from "../../../internal/runtime.ts";
import { writeKey } from "../../../adict/_mapping_handler.ts";
import {
  assertWritable,
  markAccess,
  type Node,
  nodeOf,
  setOrigin,
  silently,
} from "../../../adict/_node.ts";
import {
  checkOptions,
  MAPPING,
  oneOf,
  type OptionKind,
  TEXTS,
} from "../../../internal/check_options.ts";
import { formatKey } from "../../../internal/key_path.ts";
import { BUILTINS } from "./_builtins.ts";
import { Evaluator, type NodeResolver, type Resolver } from "./_evaluate.ts";
import { Expander } from "./_expand.ts";
import { hasInterpolation } from "./_grammar.ts";
import { splitKey } from "./_key_path.ts";
import { plainOf, type TextStyle } from "./_text.ts";
import {
  type Branch,
  children,
  Float,
  isBranch,
  isMandatory,
  keyText,
  Leaf,
  ListNode,
  MapNode,
  pathText,
  stringKey,
  type TreeNode,
} from "./_tree.ts";
import { noteOrigins } from "./_note_origins.ts";
import { InterpolationError } from "./errors.ts";

export type { Resolver } from "./_evaluate.ts";
export type { TextStyle } from "./_text.ts";

/** Options of `config.resolve`. */
export interface ResolveOptions {
  /**
   * The key paths to resolve, with all that lies below them. What they need of the rest is worked out, but
   * the rest stays as it is.
   *
   * @default everything
   */
  readonly only?: readonly string[];
  /**
   * Functions that interpolations may call, by name: `${double:${lr}}` calls `resolvers.double` with the
   * value of `lr`. A name of a built-in resolver takes its place.
   *
   * @default {}
   */
  readonly resolvers?: Readonly<Record<string, Resolver>>;
  /**
   * The variables that `${oc.env:NAME}` reads.
   *
   * @default process.env
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * What a value `???` is that nobody gave: an error, or to be left as it is. One that an interpolation
   * needs is an error anyway.
   *
   * @default "error"
   */
  readonly mandatory?: "error" | "keep";
  /**
   * How a value is written that stands within a text, as in `run_${lr}`: `true` or Python's `True`,
   * `0.00001` or `1e-05`.
   *
   * @default "python" for a Hydra config, otherwise "javascript"
   */
  readonly style?: TextStyle;
}

/** What a Hydra config knows beyond its data: under a symbol at its root. */
export interface Flavour {
  /** How values are written into texts. */
  readonly style: TextStyle;
  /** The floats that are whole numbers, by path: JavaScript has one type for both. */
  readonly floats: Map<string, number>;
  /** Resolvers that are there besides the built-in ones. */
  readonly builtins: ReadonlyMap<string, NodeResolver>;
  /** Reads the YAML of `oc.create`. */
  readonly parseYaml: (text: string) => TreeNode;
}

/** Where the flavour is kept. */
export const FLAVOUR: unique symbol = Symbol("ato.resolve.flavour");

/** The ADict container and key behind each value of a tree. */
type Places = Map<TreeNode, { readonly node: Node; readonly key: string }>;

const OPTIONS: Readonly<Record<keyof ResolveOptions, OptionKind>> = {
  only: TEXTS,
  resolvers: [
    "an object of functions",
    (value) =>
      MAPPING[1](value) &&
      Object.values(value as object).every((item) =>
        typeof item === "function"
      ),
  ],
  env: MAPPING,
  mandatory: oneOf("error", "keep"),
  style: oneOf("python", "javascript"),
};

/**
 * Replaces the interpolations of a config by their values; all of them, or none if one has no value.
 *
 * @param root The config.
 * @param options What to resolve, and with what.
 */
export function resolveNode(root: Node, options: ResolveOptions = {}): void {
  checkOptions(options, OPTIONS, "resolve a config");
  const flavour = root.symbols?.get(FLAVOUR) as Flavour | undefined;
  const places: Places = new Map();
  const tree = treeOf(root, flavour, places);
  const evaluator = new Evaluator({
    style: options.style ?? flavour?.style ?? "javascript",
    builtins: flavour?.builtins ?? BUILTINS,
    resolvers: options.resolvers,
    env: options.env ?? getProcess().env,
    parseYaml: flavour?.parseYaml,
    onRead: (node) => {
      const at = places.get(node);
      if (at !== undefined) markAccess(at.node, at.key);
    },
  });
  const expander = new Expander(evaluator, options.mandatory ?? "error");
  const found = new Map<TreeNode, TreeNode>();
  for (const start of startsOf(tree, options.only)) {
    collect(start, (leaf) => found.set(leaf, expander.expand(leaf)));
  }
  for (const leaf of found.keys()) {
    const { node, key } = places.get(leaf)!;
    assertWritable(node, key);
  }
  for (const [leaf, value] of found) {
    write(leaf, value, places.get(leaf)!, flavour);
  }
}

function startsOf(
  tree: TreeNode,
  only: readonly string[] | undefined,
): TreeNode[] {
  if (only === undefined) return [tree];
  return only.map((path) => {
    let at: TreeNode | undefined = tree;
    for (const key of splitKey(path)) {
      at = isBranch(at) ? at.get(key) : undefined;
    }
    if (at !== undefined) return at;
    throw new InterpolationError(path, "the config has no such key");
  });
}

/** Calls back with each value that is to be replaced or refused. */
function collect(node: TreeNode, take: (leaf: Leaf) => void): void {
  if (node instanceof Leaf) {
    if (hasInterpolation(node.value) || isMandatory(node)) take(node);
  } else if (node instanceof MapNode) {
    for (const item of node.items.values()) collect(item, take);
  } else node.items.forEach((item) => collect(item, take));
}

/** The data of a config as a tree. */
function treeOf(
  node: Node,
  flavour: Flavour | undefined,
  places: Places,
): Branch {
  const branch = Array.isArray(node.data) ? new ListNode() : new MapNode();
  fill(branch, node, flavour?.floats, places);
  return branch;
}

function fill(
  branch: Branch,
  node: Node,
  floats: Map<string, number> | undefined,
  places: Places,
): void {
  for (const [key, value] of Object.entries(node.data)) {
    const at = node.origins?.get(key);
    const below = nodeOf(value);
    const item = below === undefined
      ? new Leaf(value, at)
      : Array.isArray(below.data)
      ? new ListNode(at)
      : new MapNode(at);
    branch.set(branch instanceof MapNode ? stringKey(key) : key, item);
    places.set(item, { node, key });
    if (below !== undefined) fill(item as Branch, below, floats, places);
    else if (
      typeof value === "number" && floats?.get(pathText(item)) === value
    ) {
      (item as Leaf).value = new Float(value);
    }
  }
}

/** Writes a value to its place; what is known of it stays known. */
function write(
  leaf: TreeNode,
  value: TreeNode,
  { node, key }: { node: Node; key: string },
  flavour: Flavour | undefined,
): void {
  const origin = node.origins?.get(key);
  const data = plainOf(value);
  silently(() => {
    if (Array.isArray(node.data)) {
      (node.proxy as Record<string, unknown>)[key] = data;
    } else writeKey(node, key, data);
  });
  const at = origin ?? value.at;
  if (at !== undefined) setOrigin(node, key, at);
  const below = nodeOf((node.data as Record<string, unknown>)[key]);
  if (below !== undefined) noteOrigins(below, value as Branch);
  if (flavour !== undefined) noteFloats(value, pathText(leaf), flavour.floats);
}

/** Notes the whole numbers among the floats of a value. */
export function noteFloats(
  node: TreeNode,
  path: string,
  floats: Map<string, number>,
): void {
  if (node instanceof Leaf) {
    const { value } = node;
    if (value instanceof Float && Number.isInteger(value.value)) {
      floats.set(path, value.value);
    }
    return;
  }
  for (const item of children(node)) {
    const key = formatKey(keyText(item.key));
    noteFloats(item, path === "" ? key : `${path}.${key}`, floats);
  }
}

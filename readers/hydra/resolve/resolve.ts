import { getProcess } from "../../../internal/runtime.ts";
import {
  checkOptions,
  MAPPING,
  oneOf,
  type OptionKind,
  TEXTS,
} from "../../../internal/check_options.ts";
import type { Origin } from "../../../internal/origin.ts";
import type { Origins } from "../../origins.ts";
import { BUILTINS } from "./_builtins.ts";
import { Evaluator, type NodeResolver, type Resolver } from "./_evaluate.ts";
import { Expander } from "./_expand.ts";
import { hasInterpolation } from "./_grammar.ts";
import { splitKey } from "../_key_path.ts";
import { plainOf, type TextStyle } from "../_text.ts";
import {
  type Branch,
  Float,
  isBranch,
  isMandatory,
  Leaf,
  ListNode,
  MapNode,
  noteFloats,
  originsIn,
  pathText,
  stringKey,
  type TreeNode,
} from "../_tree.ts";
import { InterpolationError } from "../errors.ts";

export type { Resolver } from "./_evaluate.ts";
export type { TextStyle } from "../_text.ts";

/** Options for `config.resolve`. */
export interface ResolveOptions {
  /**
   * The key paths to resolve, with everything below them. Other keys that they need are evaluated, but are
   * not changed.
   *
   * @default {the whole config}
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
   * @default {process.env}
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Whether a mandatory value (`???`) that was not given is an error, or is kept. One that an interpolation
   * needs is always an error.
   *
   * @default {"error"}
   */
  readonly mandatory?: "error" | "keep";
  /**
   * How a value is written that is part of a string, as in `run_${lr}`: `true` or Python's `True`,
   * `0.00001` or `1e-05`.
   *
   * @default {"python" for a Hydra config, "javascript" otherwise}
   */
  readonly style?: TextStyle;
}

/** What `config.resolve` needs of a Hydra config in addition to its data. */
export interface Flavour {
  /** How values are written into strings. */
  readonly style: TextStyle;
  /** The floats that are whole numbers, by path; JavaScript has one type of number. */
  readonly floats: Map<string, number>;
  /** The built-in resolvers. */
  readonly builtins: ReadonlyMap<string, NodeResolver>;
  /** Reads the YAML of `oc.create`. */
  readonly parseYaml: (text: string) => TreeNode;
}

/** A mapping or list of the config that is resolved. */
export interface Container {
  /** Its values; {@linkcode ConfigSource.containerOf} returns those that are containers. */
  readonly data: Record<string, unknown> | unknown[];
  /** The lines that set its keys. */
  readonly origins: ReadonlyMap<string, Origin> | undefined;
}

/** How a config is read while it is resolved. */
export interface ConfigSource<C extends Container> {
  /** The flavour of a Hydra config; `undefined` for every other config. */
  readonly flavour: Flavour | undefined;
  /** Returns the container that a value is; `undefined` if it is not one. */
  containerOf(value: unknown): C | undefined;
  /** Called for each key that an interpolation reads. */
  onRead(container: C, key: string): void;
}

/** A value that replaces an interpolation. */
export interface Resolved<C extends Container> {
  /** The container of the interpolation. */
  readonly container: C;
  /** Its key there. */
  readonly key: string;
  /** The value, as plain data. */
  readonly data: unknown;
  /** The line that set the value; `undefined` if it is unknown. */
  readonly at: Origin | undefined;
  /** The origins of the keys of the value; `undefined` if it is not a container. */
  readonly below: Origins | undefined;
}

/** The container and key behind each value of a tree. */
type Places<C> = Map<TreeNode, { readonly container: C; readonly key: string }>;

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
 * Returns the values that replace the interpolations of a config. If one has no value, none is returned.
 *
 * @param root The root of the config; it is not changed.
 * @param options The keys to resolve, the resolvers and the environment.
 * @param source How the config is read.
 * @returns the values, with the place of each.
 * @throws {InterpolationError} If an interpolation has no value.
 * @throws {TypeError} If an option is unknown or not of its kind.
 */
export function resolveConfig<C extends Container>(
  root: C,
  options: ResolveOptions,
  source: ConfigSource<C>,
): Resolved<C>[] {
  checkOptions(options, OPTIONS, "resolve a config");
  const { flavour } = source;
  const places: Places<C> = new Map();
  const tree = treeOf(root, source, places);
  const expander = expanderOf(options, source, places);
  const found = new Map<Leaf, TreeNode>();
  for (const start of startsOf(tree, options.only)) {
    collect(start, (leaf) => found.set(leaf, expander.expand(leaf)));
  }
  return Array.from(found, ([leaf, value]) => {
    if (flavour !== undefined) {
      noteFloats(value, pathText(leaf), flavour.floats);
    }
    const place = places.get(leaf)!;
    return {
      ...place,
      data: plainOf(value),
      at: place.container.origins?.get(place.key) ?? value.at,
      below: isBranch(value) ? originsIn(value) : undefined,
    };
  });
}

function expanderOf<C extends Container>(
  options: ResolveOptions,
  { flavour, onRead }: ConfigSource<C>,
  places: Places<C>,
): Expander {
  const evaluator = new Evaluator({
    style: options.style ?? flavour?.style ?? "javascript",
    builtins: flavour?.builtins ?? BUILTINS,
    resolvers: options.resolvers,
    env: options.env ?? getProcess().env,
    parseYaml: flavour?.parseYaml,
    onRead: (node) => {
      const at = places.get(node);
      if (at !== undefined) onRead(at.container, at.key);
    },
  });
  return new Expander(evaluator, options.mandatory ?? "error");
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

/** Calls back with each value to replace or refuse. */
function collect(node: TreeNode, take: (leaf: Leaf) => void): void {
  if (node instanceof Leaf) {
    if (hasInterpolation(node.value) || isMandatory(node)) take(node);
  } else if (node instanceof MapNode) {
    for (const item of node.items.values()) collect(item, take);
  } else node.items.forEach((item) => collect(item, take));
}

/** Converts a config to a tree. */
function treeOf<C extends Container>(
  container: C,
  source: ConfigSource<C>,
  places: Places<C>,
): Branch {
  const tree = branchOf(container);
  fill(tree, container, source, places);
  return tree;
}

function branchOf({ data }: Container, at?: Origin): Branch {
  if (!Array.isArray(data)) return new MapNode(at);
  const list = new ListNode(at);
  list.items.length = data.length; // The list can end in empty places.
  return list;
}

function fill<C extends Container>(
  branch: Branch,
  container: C,
  source: ConfigSource<C>,
  places: Places<C>,
): void {
  for (const [key, value] of Object.entries(container.data)) {
    const at = container.origins?.get(key);
    const below = source.containerOf(value);
    const item = below === undefined
      ? new Leaf(value, at)
      : branchOf(below, at);
    branch.set(branch instanceof MapNode ? stringKey(key) : key, item);
    places.set(item, { container, key });
    if (item instanceof Leaf) restoreFloat(item, source.flavour);
    else fill(item, below!, source, places);
  }
}

/** Restores a float of the file, because JavaScript has one type of number. */
function restoreFloat(leaf: Leaf, flavour: Flavour | undefined): void {
  const { value } = leaf;
  if (
    typeof value === "number" && flavour?.floats.get(pathText(leaf)) === value
  ) {
    leaf.value = new Float(value);
  }
}

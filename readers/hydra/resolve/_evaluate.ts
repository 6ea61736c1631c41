import {
  type Element,
  hasInterpolation,
  type Interpolation,
  parseElement,
  parseText,
  type Part,
} from "./_grammar.ts";
import { messageOf } from "../../../internal/errors.ts";
import { getOwn } from "../../../internal/objects.ts";
import { Expander } from "./_expand.ts";
import { fromPlain } from "./_from_data.ts";
import { splitKey } from "../_key_path.ts";
import { plainOf, textOf, type TextStyle } from "../_text.ts";
import {
  type Branch,
  children,
  Float,
  isBranch,
  isMandatory,
  keepLength,
  Leaf,
  listIndex,
  ListNode,
  MapNode,
  otherKey,
  pathText,
  rootOf,
  stringKey,
  type TreeNode,
} from "../_tree.ts";
import {
  GrammarFault,
  InterpolationCycleError,
  InterpolationError,
  MandatoryValueError,
} from "../errors.ts";

/** A function that `${name:arguments}` calls with the values of its arguments. */
export type Resolver = (...args: unknown[]) => unknown;

/** The context of a resolver that reads the config. */
export interface Context {
  /** Finds and resolves values. */
  readonly evaluator: Evaluator;
  /** The value with the interpolation. */
  readonly leaf: Leaf;
  /** The container of the value. */
  readonly parent: Branch;
}

/** A resolver that can read the config; it returns a node or a value. */
export interface NodeResolver {
  (context: Context, args: readonly TreeNode[]): unknown;
  /**
   * Whether references in its arguments are evaluated at the place of the result, not at the place of the
   * interpolation.
   */
  readonly movesReferences?: boolean;
}

/** Options for {@linkcode Evaluator}. */
export interface EvaluatorOptions {
  /** How values are written into strings. */
  readonly style: TextStyle;
  /** The built-in resolvers. */
  readonly builtins: ReadonlyMap<string, NodeResolver>;
  /** The resolvers of the caller. */
  readonly resolvers?: Readonly<Record<string, Resolver>>;
  /** The variables that `oc.env` reads. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads the YAML of `oc.create`, if a parser is available. */
  readonly parseYaml?: (text: string) => TreeNode;
  /** Called with each value that an interpolation reads. */
  readonly onRead?: (node: TreeNode) => void;
}

/** The maximum number of interpolations that need one another. */
const MAX_DEPTH = 400;

/** An error in an interpolation whose key is not known here; the caller adds it. */
class Fault extends Error {}

/** Resolves interpolations: each when it is needed, and only once. */
export class Evaluator {
  readonly options: EvaluatorOptions;
  readonly #done = new Map<Leaf, TreeNode>();
  /** Resolves the arguments of a resolver; a mandatory value stays as it is there. */
  readonly #arguments = new Expander(this, "keep");
  /** The values that are being resolved; each is needed by the one before it. */
  readonly #stack: Leaf[] = [];

  constructor(options: EvaluatorOptions) {
    this.options = options;
  }

  /** Returns the value of a node: the node itself, or the value of its interpolation. */
  deref(node: TreeNode): TreeNode {
    if (
      !(node instanceof Leaf) || node.isFinal || !hasInterpolation(node.value)
    ) return node;
    const known = this.#done.get(node);
    if (known !== undefined) return known;
    const from = this.#stack.indexOf(node);
    if (from >= 0 || this.#stack.length > MAX_DEPTH) {
      const chain = this.#stack.slice(Math.max(from, 0));
      throw new InterpolationCycleError(
        [...chain, node].map(pathText),
        (chain[0] ?? node).at,
      );
    }
    this.#stack.push(node);
    try {
      const value = this.#evaluate(node);
      this.#done.set(node, value);
      return value;
    } catch (error) {
      throw this.#named(error, node);
    } finally {
      this.#stack.pop();
    }
  }

  /** Does the same as `deref`, but returns `undefined` if the interpolation has no value. */
  tryDeref(node: TreeNode): TreeNode | undefined {
    try {
      return this.deref(node);
    } catch (error) {
      if (error instanceof InterpolationError) return undefined;
      throw error;
    }
  }

  #named(error: unknown, node: Leaf): unknown {
    if (error instanceof InterpolationError) return error;
    const cause = error instanceof Fault || error instanceof GrammarFault
      ? undefined
      : { cause: error };
    return new InterpolationError(
      pathText(node),
      messageOf(error),
      node.at,
      cause,
    );
  }

  #evaluate(leaf: Leaf): TreeNode {
    const parts = parseText(leaf.value as string);
    const context = { evaluator: this, leaf, parent: leaf.parent! };
    const [only] = parts;
    if (parts.length === 1 && typeof only !== "string") {
      return this.#interpolation(only!, context);
    }
    return place(new Leaf(this.#text(parts, context), leaf.at, true), context);
  }

  #text(parts: readonly Part[], context: Context): string {
    return parts.map((part) =>
      typeof part === "string"
        ? part
        : textOf(this.#interpolation(part, context), this.options.style)
    ).join("");
  }

  #interpolation(inter: Interpolation, context: Context): TreeNode {
    if (inter.kind === "resolver") return this.#resolver(inter, context);
    const key = inter.parts.map((part) => this.#keyPart(part, context)).join(
      "",
    );
    const found = this.find(key, context.parent, "error");
    if (found === undefined) {
      throw new Fault(
        `${inter.text} names a missing key${
          this.#suggest(key, context.parent)
        }`,
      );
    }
    for (
      let around: TreeNode | undefined = context.parent;
      around !== undefined;
      around = around.parent
    ) {
      if (around === found) {
        throw new Fault(
          `${inter.text} is a mapping or list that contains this value`,
        );
      }
    }
    return found;
  }

  #keyPart(part: Part, context: Context): string {
    if (typeof part === "string") return part;
    const node = this.#interpolation(part, context);
    if (node instanceof Leaf && typeof node.value === "string") {
      return node.value;
    }
    throw new Fault(
      `${part.text} is used as a key, but its value is not a string`,
    );
  }

  /** Lists the keys beside the first missing key. */
  #suggest(key: string, parent: Branch): string {
    const start = startOf(key, parent);
    if (start === undefined) return "";
    let at: TreeNode | undefined = start.from;
    for (const name of splitKey(start.key)) {
      if (!isBranch(at)) break;
      const next: TreeNode | undefined = at.get(name);
      if (next === undefined && at instanceof MapNode) {
        const names = [...at.items.keys()].slice(0, 8).map((name) =>
          name.replace("\0", "")
        );
        const where = pathText(at);
        return `; ${where === "" ? "the config" : where} has ${
          names.length === 0 ? "no keys" : names.join(", ")
        }`;
      }
      at = next === undefined ? undefined : this.tryDeref(next);
    }
    return "";
  }

  /**
   * Finds a value by its path and resolves it.
   *
   * @param path The path; if it starts with a dot, it starts at `parent`.
   * @param parent The container to start at.
   * @param mandatory Whether a mandatory value that was not given is an error.
   * @returns the value; `undefined` if there is none.
   */
  find(
    path: string,
    parent: Branch,
    mandatory: "error" | "keep",
  ): TreeNode | undefined {
    const start = startOf(path, parent);
    if (start === undefined) throw new Fault(`${path} leads out of the config`);
    if (start.key === "") return start.from;
    const keys = splitKey(start.key);
    let at: TreeNode = start.from;
    for (const [i, key] of keys.entries()) {
      if (!isBranch(at)) {
        if (at instanceof Leaf && (at.value === null || isMandatory(at))) {
          return;
        }
        throw new NoContainerFault(
          `${
            keys.slice(0, i).join(".")
          } is not a mapping or list, so it has no key ${key}`,
        );
      }
      if (at instanceof ListNode && listIndex(key) === undefined) {
        throw new NoContainerFault(`${key} is not an index of a list`);
      }
      const next: TreeNode | undefined = at.get(key);
      if (next === undefined) return undefined;
      if (isMandatory(next) && mandatory === "error") {
        throw new MandatoryValueError(
          pathText(next),
          "it must be given (???), and an interpolation needs it",
          next.at,
        );
      }
      this.options.onRead?.(next);
      at = this.deref(next);
    }
    return at;
  }

  #resolver(
    inter: Interpolation & { kind: "resolver" },
    context: Context,
  ): TreeNode {
    const name = inter.name.map((part) => this.#keyPart(part, context)).join(
      "",
    );
    const { resolvers = {}, builtins } = this.options;
    const own = getOwn(resolvers, name);
    const builtin = builtins.get(name);
    if (own === undefined && builtin === undefined) {
      throw new Fault(
        `${inter.text} calls the unknown resolver "${name}"; add it to the option resolvers`,
      );
    }
    const moves = own === undefined && builtin!.movesReferences === true;
    const args = inter.args.map((arg) => this.#element(arg, context, moves));
    const result = own === undefined
      ? builtin!(context, args)
      : own(...args.map((arg) => plainOf(this.#arguments.expand(arg))));
    if (isNode(result)) return result;
    return place(fromPlain(result), context);
  }

  /** Evaluates an element. */
  #element(
    element: Element,
    context: Context,
    moves: boolean = false,
  ): TreeNode {
    switch (element.kind) {
      case "literal":
        return new Leaf(element.value, undefined, true);
      case "inter":
        return this.#interpolation(element.inter, context);
      case "text":
        return new Leaf(this.#text(element.parts, context), undefined, true);
      case "list": {
        const list = new ListNode();
        for (const item of element.items) {
          list.push(this.#item(item, context, moves));
        }
        return list;
      }
      case "dict": {
        const map = new MapNode();
        for (const [key, item] of element.pairs) {
          map.set(keyOf(key), this.#item(item, context, moves));
        }
        return map;
      }
    }
  }

  /** Evaluates an element of a list or mapping. */
  #item(element: Element, context: Context, moves: boolean): TreeNode {
    const value = this.#element(element, context, moves);
    return moves ? detached(value) : this.#arguments.expand(value);
  }

  /** Parses and evaluates a text as one element. */
  decode(text: string, context: Context): TreeNode {
    return place(this.#element(parseElement(text), context), context);
  }
}

/** A path through a value that is not a container. */
export class NoContainerFault extends Error {}

/** Returns the key for a value, as in YAML: `true` and `null` are lower case. */
function keyOf(key: unknown): string {
  if (typeof key === "string") return stringKey(key);
  return otherKey(
    typeof key === "boolean" || key === null
      ? String(key)
      : textOf(new Leaf(key), "python"),
  );
}

/** Copies a value that is in a tree, so that it can be used in several places. */
function detached(node: TreeNode): TreeNode {
  return node.parent === undefined ? node : shallow(node);
}

function shallow(node: TreeNode): TreeNode {
  if (node instanceof Leaf) return new Leaf(node.value, node.at, node.isFinal);
  const copy = node instanceof MapNode
    ? new MapNode(node.at)
    : new ListNode(node.at);
  for (const item of children(node)) copy.set(item.key, shallow(item));
  keepLength(copy, node);
  return copy;
}

/** Puts a new value in the place of its interpolation, so that relative paths in it are found. */
function place(node: TreeNode, { parent, leaf }: Context): TreeNode {
  if (node.parent === undefined) {
    node.parent = parent;
    node.key = leaf.key;
    node.at ??= leaf.at;
  }
  return node;
}

function isNode(value: unknown): value is TreeNode {
  return value instanceof Leaf || value instanceof MapNode ||
    value instanceof ListNode;
}

/** Returns the container at which a path starts. */
function startOf(
  path: string,
  parent: Branch,
): { from: Branch; key: string } | undefined {
  if (!path.startsWith(".")) {
    return { from: rootOf(parent) as Branch, key: path };
  }
  let from: Branch | undefined = parent;
  let key = path.slice(1);
  while (key.startsWith(".")) {
    from = from.parent;
    if (from === undefined) return undefined;
    key = key.slice(1);
  }
  return { from, key };
}

export { Float };

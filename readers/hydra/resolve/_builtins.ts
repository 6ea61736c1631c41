/**
 * The resolvers of OmegaConf.
 *
 * @module
 */
import { getOwn } from "../../../internal/objects.ts";
import {
  type Context,
  NoContainerFault,
  type NodeResolver,
} from "./_evaluate.ts";
import { hasInterpolation } from "./_grammar.ts";
import { textOf } from "../_text.ts";
import {
  children,
  copyNode,
  isMandatory,
  keyText,
  Leaf,
  ListNode,
  MapNode,
  otherKey,
  pathText,
  type TreeNode,
} from "../_tree.ts";

function stringOf(name: string, node: TreeNode | undefined): string {
  if (node instanceof Leaf && typeof node.value === "string") return node.value;
  throw new TypeError(`${name} needs a string`);
}

function count(
  name: string,
  args: readonly TreeNode[],
  least: number,
  most: number,
): void {
  if (args.length >= least && args.length <= most) return;
  throw new TypeError(
    `${name} takes ${
      least === most ? least : `${least} to ${most}`
    } arguments, not ${args.length}`,
  );
}

/** Finds a value; `undefined` if it is missing or mandatory. */
function select(
  { evaluator, parent }: Context,
  path: string,
  mandatory: "error" | "keep" = "keep",
): TreeNode | undefined {
  try {
    const found = evaluator.find(path, parent, mandatory);
    return isMandatory(found) ? undefined : found;
  } catch (error) {
    if (error instanceof NoContainerFault) return undefined;
    throw error;
  }
}

const env: NodeResolver = ({ evaluator }, args) => {
  count("oc.env", args, 1, 2);
  const name = stringOf("oc.env", args[0]);
  const { env } = evaluator.options;
  const value = getOwn(env, name);
  if (value !== undefined) return value;
  const [, fallback] = args;
  if (fallback === undefined) {
    throw new RangeError(
      `the environment variable ${name} is not set; set it, or give a default: \${oc.env:${name},default}`,
    );
  }
  return fallback instanceof Leaf && fallback.value === null
    ? null
    : textOf(fallback, evaluator.options.style);
};

const decode: NodeResolver = (context, args) => {
  count("oc.decode", args, 1, 1);
  const [text] = args;
  if (text instanceof Leaf && text.value === null) return null;
  return context.evaluator.decode(stringOf("oc.decode", text), context);
};

const selectValue: NodeResolver = (context, args) => {
  count("oc.select", args, 1, 2);
  return select(context, stringOf("oc.select", args[0])) ?? args[1] ?? null;
};

const createNode: NodeResolver = ({ parent, leaf, evaluator }, args) => {
  count("oc.create", args, 1, 1);
  let made = copyNode(args[0]!);
  if (made instanceof Leaf && typeof made.value === "string") {
    const { parseYaml } = evaluator.options;
    if (parseYaml === undefined) {
      throw new TypeError(
        'oc.create reads YAML in Hydra configs only; elsewhere add a resolver "oc.create" that reads it to the option resolvers',
      );
    }
    made = parseYaml(made.value);
  }
  if (made instanceof Leaf && made.value !== null) {
    throw new TypeError("oc.create needs a mapping, a list or a string");
  }
  refuseNullKeys(made);
  made.parent = parent;
  made.key = leaf.key;
  return made;
};

const create: NodeResolver = Object.assign(createNode, {
  movesReferences: true,
});

function refuseNullKeys(node: TreeNode): void {
  if (node instanceof Leaf) return;
  if (node instanceof MapNode && node.items.has(otherKey("null"))) {
    throw new TypeError("oc.create: null cannot be a key; put it in quotes");
  }
  for (const item of children(node)) refuseNullKeys(item);
}

function mappingAt(name: string, context: Context, arg: TreeNode | undefined) {
  const path = stringOf(name, arg);
  const found = select(context, path, "error");
  if (found === undefined) {
    throw new RangeError(`${name}: there is no key ${path}`);
  }
  if (found instanceof MapNode) return { path, found };
  throw new TypeError(`${name}: ${path} is not a mapping`);
}

const keys: NodeResolver = (context, args) => {
  count("oc.dict.keys", args, 1, 1);
  const { found } = mappingAt("oc.dict.keys", context, args[0]);
  const list = new ListNode();
  for (const key of found.items.keys()) list.push(new Leaf(keyText(key)));
  list.parent = context.parent;
  list.key = context.leaf.key;
  return list;
};

const values: NodeResolver = (context, args) => {
  count("oc.dict.values", args, 1, 1);
  const { path, found } = mappingAt("oc.dict.values", context, args[0]);
  const list = new ListNode();
  // A relative path starts one level deeper in the list.
  const prefix = path.startsWith(".") ? `.${path}` : path;
  for (const key of found.items.keys()) {
    list.push(new Leaf(`\${${prefix}.${keyText(key)}}`, context.leaf.at));
  }
  list.parent = context.parent;
  list.key = context.leaf.key;
  return list;
};

const deprecated: NodeResolver = (context, args) => {
  count("oc.deprecated", args, 1, 2);
  const path = stringOf("oc.deprecated", args[0]);
  const found = select(context, path);
  if (found === undefined) {
    throw new RangeError(`oc.deprecated: there is no key ${path}`);
  }
  const message = args[1] === undefined
    ? "'$OLD_KEY' is deprecated. Change your code and config to use '$NEW_KEY'"
    : stringOf("oc.deprecated", args[1]);
  console.warn(
    message
      .replaceAll(/\$\{?OLD_KEY\}?/g, pathText(context.leaf))
      .replaceAll(/\$\{?NEW_KEY\}?/g, path),
  );
  return found;
};

/** The resolvers of OmegaConf by name. */
export const BUILTINS: ReadonlyMap<string, NodeResolver> = new Map([
  ["oc.env", env],
  ["oc.decode", decode],
  ["oc.select", selectValue],
  ["oc.create", create],
  ["oc.dict.keys", keys],
  ["oc.dict.values", values],
  ["oc.deprecated", deprecated],
]);

/** Tells whether a tree contains an interpolation. */
export function needsResolving(node: TreeNode): boolean {
  if (node instanceof Leaf) return hasInterpolation(node.value);
  const items = node instanceof MapNode ? [...node.items.values()] : node.items;
  return items.some(needsResolving);
}

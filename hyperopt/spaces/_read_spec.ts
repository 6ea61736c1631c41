import { ADict } from "../../adict/mod.ts";
import { formatPath } from "../../internal/key_path.ts";
import { isPlainObject } from "../../internal/objects.ts";
import { describe } from "../_describe.ts";
import { checkDimension } from "./_check_dimension.ts";
import { Conditional } from "./conditional.ts";
import { SpaceError } from "./errors.ts";
import { Parameter } from "./parameter.ts";
import { rememberKeys } from "./_searched_leaves.ts";
import { isPythonForm, readPythonForm } from "./_read_python_form.ts";
import type { Dimension } from "./space.ts";

/** A dimension with its keys and its conditions. */
export interface Leaf {
  readonly dimension: Dimension;
  readonly keys: readonly string[];
  /** All conditions under which it exists, by the number of the dimension that decides. */
  readonly conditions: ReadonlyMap<number, readonly number[]>;
}

/** The place of the reader. */
interface Place {
  readonly keys: readonly string[];
  readonly when?: Dimension["when"];
  readonly conditions: Leaf["conditions"];
}

/** Keys that give access to prototypes, and keys that a search writes itself. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  "__proto__",
  "constructor",
  "prototype",
  "__num_halved__",
  "__metric__",
  "__hyperopt_id__",
]);

/** Reads the definition of a space into dimensions, in the order in which they are written. */
export function readSpec(spec: unknown): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const root: Place = { keys: [], conditions: new Map() };
  if (spec instanceof Conditional) readConditional(spec, root, leaves);
  else readGroup(spec, root, leaves, false);
  return leaves;
}

function readNode(node: unknown, place: Place, leaves: Leaf[]): void {
  const plain = node instanceof ADict ? node.toObject() : node;
  if (plain instanceof Parameter) {
    addLeaf(
      checkDimension(formatPath(place.keys), plain.definition),
      place,
      leaves,
    );
  } else if (plain instanceof Conditional) {
    readConditional(plain, place, leaves);
  } else if (isPythonForm(plain)) {
    const path = formatPath(place.keys);
    addLeaf(checkDimension(path, readPythonForm(path, plain)), place, leaves);
  } else readGroup(plain, place, leaves, false);
}

function addLeaf(
  bare: Omit<Dimension, "when">,
  place: Place,
  leaves: Leaf[],
): void {
  const { keys, when, conditions } = place;
  const dimension = when === undefined ? bare : { ...bare, when };
  const leaf = { dimension: Object.freeze(dimension), keys, conditions };
  rememberKeys(leaf.dimension, keys);
  refuseClash(leaf, leaves);
  leaves.push(leaf);
}

function readGroup(
  group: unknown,
  place: Place,
  leaves: Leaf[],
  mayBeEmpty: boolean,
): void {
  const plain = group instanceof ADict ? group.toObject() : group;
  const path = formatPath(place.keys);
  if (!isPlainObject(plain)) {
    throw new SpaceError(
      path,
      `${describe(plain)} is neither a parameter nor a group of parameters; ` +
        "use float(), int(), ordinal(), category(), or an object with paramType",
    );
  }
  const names = Object.keys(plain);
  if (names.length === 0 && !mayBeEmpty) {
    throw new SpaceError(path, "it has no parameters; name at least one");
  }
  for (const name of names) {
    readNode(plain[name], {
      ...place,
      keys: [...place.keys, ...keysOf(name, path)],
    }, leaves);
  }
}

function readConditional(
  choice: Conditional<unknown>,
  place: Place,
  leaves: Leaf[],
): void {
  const path = formatPath(place.keys);
  const { branches } = choice;
  if (!isPlainObject(branches)) {
    throw new SpaceError(
      path,
      `the branches of a conditional are ${
        describe(branches)
      }; give an object of choices`,
    );
  }
  const keys = [...place.keys, ...keysOf(choice.key, path)];
  const choices = Object.keys(branches);
  const index = leaves.length;
  const definition = { kind: "category" as const, choices };
  addLeaf(
    checkDimension(formatPath(keys), definition),
    { ...place, keys },
    leaves,
  );
  choices.forEach((name, position) => {
    const positions = Object.freeze([position]);
    readGroup(
      branches[name],
      {
        keys: place.keys,
        when: Object.freeze({ dimension: index, positions }),
        conditions: new Map([...place.conditions, [index, positions]]),
      },
      leaves,
      true,
    );
  });
}

/** Splits a name into keys. */
function keysOf(name: string, parent: string): readonly string[] {
  const keys = name.split(".");
  const bad = keys.find((key) => key === "" || FORBIDDEN.has(key));
  if (bad === undefined) return keys;
  const path = [parent, JSON.stringify(name)].filter((part) => part !== "")
    .join(".");
  throw new SpaceError(
    path,
    bad === ""
      ? "a key of its name is empty; dots separate keys, so write a.b"
      : `"${bad}" cannot be the name of a parameter; choose another`,
  );
}

/** Refuses a parameter that can exist together with another one at the same path. */
function refuseClash(leaf: Leaf, leaves: readonly Leaf[]): void {
  for (const other of leaves) {
    const shared = Math.min(leaf.keys.length, other.keys.length);
    if (leaf.keys.slice(0, shared).some((key, i) => key !== other.keys[i])) {
      continue;
    }
    if (exclude(leaf, other)) continue;
    const { path } = leaf.dimension;
    if (leaf.keys.length === other.keys.length) {
      throw new SpaceError(path, "it is defined twice; rename or drop one");
    }
    const group = leaf.keys.length < other.keys.length ? leaf : other;
    throw new SpaceError(
      group.dimension.path,
      `it is a parameter and also a group that contains ${
        (group === leaf ? other : leaf).dimension.path
      }; rename one`,
    );
  }
}

/** Tells whether two parameters never exist together. */
function exclude(a: Leaf, b: Leaf): boolean {
  for (const [dimension, positions] of a.conditions) {
    const others = b.conditions.get(dimension);
    if (others !== undefined && !others.some((p) => positions.includes(p))) {
      return true;
    }
  }
  return false;
}

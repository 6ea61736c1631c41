import {
  keyText,
  Leaf,
  type ListNode,
  MapNode,
  type TreeNode,
} from "./_tree.ts";
import type { DefaultParts } from "./_default.ts";
import { atLeast12, type VersionBase } from "./_version.ts";
import { HydraError } from "./errors.ts";

/**
 * Reads a defaults list.
 *
 * @param list The list.
 * @param config The config with the list.
 * @param version The version of Hydra whose behaviour is followed.
 * @returns its entries.
 */
export function readDefaults(
  list: ListNode,
  config: string,
  version: VersionBase,
): DefaultParts[] {
  return list.items.map((item) => {
    const entry = readEntry(item, version, (reason) => {
      const place = item.at === undefined
        ? ""
        : ` (${item.at.file}:${item.at.line})`;
      return new HydraError(config, `${reason}${place}`);
    });
    return item.at === undefined ? entry : { ...entry, at: item.at };
  });
}

function readEntry(
  item: TreeNode,
  version: VersionBase,
  fault: (reason: string) => HydraError,
): DefaultParts {
  if (item instanceof MapNode) return readGroup(item, version, fault);
  if (!(item instanceof Leaf) || typeof item.value !== "string") {
    throw fault("an entry of a defaults list is a text, or `group: option`");
  }
  const { name, package: path } = split(item.value);
  if (name === "_self_" && path !== undefined) {
    throw fault("_self_ takes no package");
  }
  return {
    kind: "config",
    name,
    ...(path === undefined ? {} : { package: path }),
  };
}

function readGroup(
  item: MapNode,
  version: VersionBase,
  fault: (reason: string) => HydraError,
): DefaultParts {
  const entries = [...item.items].map(([key, node]) =>
    [keyText(key), node] as const
  );
  const old = !atLeast12(version) && entries.length > 1
    ? entries.find(([key]) => key === "optional")
    : undefined;
  const pairs = entries.filter((entry) => entry !== old);
  const [pair] = pairs;
  if (pairs.length !== 1 || pair === undefined) {
    throw fault(
      `an entry of a defaults list names one group, not ${pairs.length}`,
    );
  }
  const { name: words, package: path } = split(pair[0]);
  const keywords = words.split(" ");
  const group = keywords.pop()!;
  const rest = keywords.findIndex((word) =>
    word !== "optional" && word !== "override"
  );
  const known = rest < 0 ? keywords : keywords.slice(0, rest);
  if (group === "") throw fault("an entry of a defaults list has no group");
  const isOldOptional = old?.[1] instanceof Leaf && old[1].value === true;
  return {
    kind: "group",
    name: group,
    value: optionOf(pair[1], fault),
    ...(path === undefined ? {} : { package: path }),
    isOptional: known.includes("optional") || isOldOptional,
    isOverride: known.includes("override"),
  };
}

function optionOf(
  node: TreeNode,
  fault: (reason: string) => HydraError,
): string | null | string[] {
  const text = (item: TreeNode) => {
    if (item instanceof Leaf && typeof item.value === "string") {
      return item.value;
    }
    throw fault(
      "an option is a text, null, or a list of texts; put numbers in quotes",
    );
  };
  if (node instanceof Leaf) return node.value === null ? null : text(node);
  if (node instanceof MapNode) return text(node) as never;
  return node.items.map(text);
}

/** Splits `name@package`; a colon in the package is the old syntax for renaming. */
function split(text: string): { name: string; package: string | undefined } {
  const at = text.indexOf("@");
  if (at < 0) return { name: text, package: undefined };
  return {
    name: text.slice(0, at),
    package: text.slice(at + 1).split(":")[0]!,
  };
}

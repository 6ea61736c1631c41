import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { getOwn } from "../../internal/objects.ts";
import { Leaf, ListNode, MapNode } from "./_tree.ts";
import type { Repository } from "./_repository.ts";
import { type Override, Quoted } from "./_values.ts";
import { HydraError, HydraUnsupportedError } from "./errors.ts";

/**
 * Adds the folders that `hydra.searchpath` lists, in the primary config or in an override.
 *
 * @param repository The folders.
 * @param primary The primary config.
 * @param overrides The overrides.
 * @param packages The folders of Python packages.
 */
export function addSearchPath(
  repository: Repository,
  primary: string | null,
  overrides: readonly Override[],
  packages: Readonly<Record<string, string>>,
): void {
  const data = primary === null ? undefined : repository.load(primary)?.data;
  if (data instanceof ListNode) {
    throw new HydraError(
      primary!,
      "the primary config holds a list; it must hold a mapping",
    );
  }
  const name = primary ?? "";
  const override = overrides.find(({ key, type, package: path }) =>
    key === "hydra.searchpath" && type === "change" && path === undefined
  );
  const paths = override === undefined
    ? inConfig(data, name)
    : texts(override.value, name);
  for (const path of paths ?? []) {
    const folder = folderOf(path, name, packages);
    if (folder !== undefined) repository.addRoot(folder);
    else repository.skipRoot(path);
  }
}

function inConfig(data: MapNode | undefined, name: string) {
  const hydra = data?.get("hydra");
  const list = hydra instanceof MapNode ? hydra.get("searchpath") : undefined;
  if (list === undefined || (list instanceof Leaf && list.value === null)) {
    return;
  }
  return texts(
    list instanceof ListNode
      ? list.items.map((item) => item instanceof Leaf ? item.value : item)
      : list,
    name,
  );
}

function texts(value: unknown, name: string): string[] | undefined {
  if (value === null || value === undefined) return undefined;
  const plain = Array.isArray(value)
    ? value.map((item) => item instanceof Quoted ? item.text : item)
    : [undefined];
  if (plain.every((item) => typeof item === "string")) return plain;
  throw new HydraError(name, "hydra.searchpath must be a list of strings");
}

function folderOf(
  path: string,
  name: string,
  packages: Readonly<Record<string, string>>,
): string | undefined {
  const [, scheme, rest] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/s.exec(path)!;
  if (scheme === undefined) return resolve(path);
  if (scheme === "file") {
    return resolve(rest!.startsWith("/") ? fileURLToPath(path) : rest!);
  }
  if (scheme === "pkg") {
    const folder = getOwn(packages, rest!);
    return folder === undefined ? undefined : resolve(folder);
  }
  throw new HydraUnsupportedError(
    name,
    `hydra.searchpath names ${path}, and only file:// and pkg:// are read`,
  );
}

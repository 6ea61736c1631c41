import { kindOf } from "../internal/kind_of.ts";
import { formatPath } from "../internal/key_path.ts";
import type { Origin } from "../internal/origin.ts";
import type { Origins } from "../readers/mod.ts";
import { type Node, nodeOf, readData, setOrigin } from "./_node.ts";

/**
 * Returns the origin of each key of a config that was read from an OpenMMLab or Hydra config: the line of
 * the file that set it. Copies, clones and other configs that take a value keep its origin; a key that is
 * written again loses it. Origins are not data: they do not appear in keys, dumps or hashes.
 *
 * @param config A config.
 * @returns the origins by key path as `formatPath` writes it, including mappings and the items of arrays;
 * `undefined` if there are none.
 * @throws {TypeError} If it is not an object.
 *
 * @example
 * ```ts
 * import { ADict, originsOf } from "@ato/ato/adict";
 * import { assertEquals } from "@std/assert";
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 *
 * const folder = await mkdtemp(`${tmpdir()}/ato-`);
 * await writeFile(`${folder}/base.py`, "lr = 0.1\nmodel = dict(\n    depth=50)\n");
 * await writeFile(`${folder}/run.py`, "_base_ = './base.py'\nlr = 0.2\n");
 * const config = await ADict.fromMmConfig(`${folder}/run.py`);
 * const origins = originsOf(config)!;
 * assertEquals(origins["lr"], { file: `${folder}/run.py`, line: 2 });
 * assertEquals(origins["model.depth"], { file: `${folder}/base.py`, line: 3 });
 * await rm(folder, { recursive: true });
 * ```
 */
export function originsOf(
  config: object,
): Readonly<Record<string, Origin>> | undefined {
  const node = nodeOf(config);
  if (typeof config !== "object" || config === null) {
    throw new TypeError(
      `Cannot list origins: give a config, not ${kindOf(config)}`,
    );
  }
  if (node === undefined) return undefined;
  // Without a prototype, so that `__proto__` is a key like any other.
  const found: Record<string, Origin> = Object.create(null);
  collect(node, [], found);
  return Object.keys(found).length === 0 ? undefined : found;
}

function collect(
  node: Node,
  path: readonly string[],
  found: Record<string, Origin>,
): void {
  for (const [key, value] of Object.entries(node.data)) {
    const below = nodeOf(value);
    const at = node.origins?.get(key);
    if (at === undefined && below === undefined) continue;
    const here = [...path, key];
    if (at !== undefined) found[formatPath(here)] = at;
    if (below !== undefined) collect(below, here, found);
  }
}

/**
 * Sets the origins of the keys of a container from those of the data that it was made from.
 *
 * @param node The container.
 * @param origins The origins; keys that the container does not have are skipped.
 */
export function adoptOrigins(node: Node, origins: Origins): void {
  for (const [key, { at, below }] of origins) {
    if (!Object.hasOwn(node.data, key)) continue;
    if (at !== undefined) setOrigin(node, key, at);
    const child = nodeOf(readData(node, key));
    if (child !== undefined && below !== undefined) adoptOrigins(child, below);
  }
}

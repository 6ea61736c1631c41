import { kindOf } from "../internal/kind_of.ts";
import { formatPath } from "../internal/key_path.ts";
import type { Origin } from "../internal/origin.ts";
import type { Origins } from "../readers/mod.ts";
import { type Node, nodeOf, readData, setOrigin } from "./_node.ts";

/**
 * Says which line of which file set each key of a config that was read from files which build upon
 * each other. It follows the values into copies, clones and other configs, and is gone from a key
 * that is written anew. It is no data: keys, dumps and hashes know nothing of it.
 *
 * @param config A config.
 * @throws {TypeError} if it is not an object.
 * @returns the origins by key path as `formatPath` writes it, mappings and what lies in arrays
 * included; `undefined` if there are none.
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
      `Cannot tell origins: give a config, not ${kindOf(config)}`,
    );
  }
  if (node === undefined) return undefined;
  // Without a prototype, so that a key `__proto__` is one like any other.
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
 * Gives the keys of a container the origins of the data that it was made from.
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

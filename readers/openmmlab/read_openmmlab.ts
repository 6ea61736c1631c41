import { provideReader } from "../load.ts";
import type { LooseConfig } from "../../internal/loose_config.ts";
import { type MmConfigOptions, readMmConfig } from "./read.ts";

provideReader("openmmlab", { readMmConfig });

/**
 * Reads an OpenMMLab config as plain data. No code in it is run.
 *
 * @param path The file: `.py`, or `.json` or `.yaml` with `_base_`.
 * @param options Options for reading, such as the folders of packages.
 * @returns the content of the `ADict` that `ADict.fromMmConfig` returns, as plain data.
 * @throws {MmConfigError} If the file or one of its bases cannot be read.
 *
 * @example
 * ```ts
 * import { readOpenMmlab } from "@ato/ato/openmmlab";
 * import { assertEquals } from "@std/assert";
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 *
 * const folder = await mkdtemp(`${tmpdir()}/ato-`);
 * await writeFile(`${folder}/run.py`, "model = dict(depth=[2 * i for i in range(3)])\n");
 * const data = await readOpenMmlab(`${folder}/run.py`);
 * assertEquals(data, { model: { depth: [0, 2, 4] } });
 * await rm(folder, { recursive: true });
 * ```
 */
export async function readOpenMmlab(
  path: string | URL,
  options: MmConfigOptions = {},
): Promise<LooseConfig> {
  return (await readMmConfig(path, options)).data;
}

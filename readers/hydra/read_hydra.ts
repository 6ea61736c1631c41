import { provideReader } from "../load.ts";
import type { LooseConfig } from "../../internal/loose_config.ts";
import { composeHydra, type HydraOptions } from "./compose.ts";

provideReader("hydra", { composeHydra });

/**
 * Composes a folder of Hydra configs as plain data. No code in it is run.
 *
 * @param options The folder, the primary config and the overrides.
 * @returns the data of `ADict.fromHydra`; interpolations are not resolved.
 * @throws {HydraError} If a config cannot be composed.
 * @throws {HydraOverrideError} If an override cannot be read or applied.
 *
 * @example
 * ```ts
 * import { readHydra } from "@ato/ato/hydra";
 * import { assertEquals } from "@std/assert";
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 *
 * const configDir = await mkdtemp(`${tmpdir()}/ato-`);
 * await writeFile(`${configDir}/config.yaml`, "lr: 0.1\nname: run-${lr}\n");
 * const data = await readHydra({ configDir, overrides: ["lr=0.2"] });
 * assertEquals(data, { lr: 0.2, name: "run-${lr}" });
 * await rm(configDir, { recursive: true });
 * ```
 */
export async function readHydra(options: HydraOptions): Promise<LooseConfig> {
  return (await composeHydra(options)).data;
}

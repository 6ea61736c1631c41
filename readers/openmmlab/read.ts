import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkOptions, MAPPING } from "../../internal/check_options.ts";
import { Budget } from "./_budget.ts";
import { type MmConfigOptions, Reader } from "./_read.ts";
import { noteOrigins, toData } from "./_to_data.ts";

export type { MmConfigOptions } from "./_read.ts";

/**
 * Reads an OpenMMLab config into a config.
 *
 * @param path The file.
 * @param options Where packages lie that bases are taken from.
 * @param make Makes a config of plain data.
 * @returns the config, whose keys know where they were set.
 * @throws {MmConfigError} if the file, or one that it builds upon, cannot be read.
 */
export async function readMmConfig<T extends object>(
  path: string | URL,
  options: MmConfigOptions | undefined,
  make: (data: Record<string, unknown>) => T,
): Promise<T> {
  checkOptions(options, { packages: MAPPING }, "read an OpenMMLab config");
  const file = resolve(path instanceof URL ? fileURLToPath(path) : path);
  const dict = await new Reader(options).read(file);
  const config = make(toData(dict, file, new Budget()));
  noteOrigins(config, dict);
  return config;
}

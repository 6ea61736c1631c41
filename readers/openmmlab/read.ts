import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkOptions, MAPPING } from "../../internal/check_options.ts";
import type { DataWithOrigins } from "../origins.ts";
import { Budget } from "./_budget.ts";
import { type MmConfigOptions, Reader } from "./_read.ts";
import { originsIn, toData } from "./_to_data.ts";

export type { MmConfigOptions } from "./_read.ts";

/**
 * Reads an OpenMMLab config as plain data.
 *
 * @param path The file.
 * @param options Options for reading, such as the folders of packages.
 * @returns the data, with the line that set each key.
 * @throws {MmConfigError} If the file or one of its bases cannot be read.
 */
export async function readMmConfig(
  path: string | URL,
  options: MmConfigOptions | undefined,
): Promise<DataWithOrigins> {
  checkOptions(options, { packages: MAPPING }, "read an OpenMMLab config");
  const file = resolve(path instanceof URL ? fileURLToPath(path) : path);
  const dict = await new Reader(options).read(file);
  const data = toData(dict, file, new Budget());
  return { data, origins: originsIn(dict) };
}

import { ADict } from "../../adict/mod.ts";
import { UsageError } from "../command.ts";
import { visible } from "../text.ts";

/**
 * Reads a config file whose top is a mapping.
 *
 * @param file Its path; the extension tells the format, `.py` for OpenMMLab's.
 * @returns the config.
 * @throws {UsageError} if it holds a list.
 */
export async function readConfig(file: string): Promise<ADict> {
  if (file.endsWith(".py")) return await ADict.fromMmConfig(file);
  const read = await ADict.fromFile(file);
  if (!Array.isArray(read)) return read;
  throw new UsageError(
    `Cannot use ${
      visible(file)
    }: it holds a list of ${read.length}, not one config`,
  );
}

import { basename, dirname, extname } from "node:path";
import { ADict } from "../../adict/mod.ts";
import { UsageError } from "../command.ts";
import { visible } from "../../internal/visible_text.ts";

/** Options for {@linkcode readConfig}. */
export interface ReadOptions {
  /** Whether it is the primary config of a Hydra folder. */
  readonly hydra?: boolean;
  /** Overrides in Hydra's grammar. */
  readonly overrides?: readonly string[];
}

/**
 * Reads a config file whose top is a mapping.
 *
 * @param file Its path; the extension tells the format, `.py` is OpenMMLab's.
 * @param options Whether it is a Hydra config, and its overrides.
 * @returns the config.
 * @throws {UsageError} If the file holds a list.
 */
export async function readConfig(
  file: string,
  options: ReadOptions = {},
): Promise<ADict> {
  if (options.hydra === true) {
    // A literal import, so that the binary contains the reader.
    await import("../../readers/hydra/mod.ts");
    return await ADict.fromHydra({
      configDir: dirname(file),
      configName: basename(file, extname(file)),
      overrides: options.overrides ?? [],
    });
  }
  if (file.endsWith(".py")) {
    await import("../../readers/openmmlab/mod.ts");
    return await ADict.fromMmConfig(file);
  }
  const read = await ADict.fromFile(file);
  if (!Array.isArray(read)) return read;
  throw new UsageError(
    `Cannot use ${
      visible(file)
    }: it holds a list of ${read.length}, not one config`,
  );
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ADict, type LooseConfig } from "@ato/ato/adict";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** Reads a string as a config file of the given name. */
export async function readConfig(
  name: string,
  text: string,
): Promise<ADict<LooseConfig>> {
  let config: ADict<LooseConfig> | undefined;
  await withTempFolder(async (folder) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    config = await ADict.fromFile<LooseConfig>(file);
  });
  return config!;
}

/** Writes a config as a file of the given name and reads it back. */
export async function throughFile(
  name: string,
  config: ADict<LooseConfig>,
): Promise<ADict<LooseConfig>> {
  let back: ADict<LooseConfig> | undefined;
  await withTempFolder(async (folder) => {
    const file = join(folder, name);
    await config.dump(file);
    back = await ADict.fromFile<LooseConfig>(file);
  });
  return back!;
}

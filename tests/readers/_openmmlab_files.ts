import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ADict, type MmConfigOptions } from "@ato/ato/adict";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** Writes files and reads the first one. */
export async function readMm(
  files: Readonly<Record<string, string>> | string,
  options?: MmConfigOptions | ((folder: string) => MmConfigOptions),
): Promise<Record<string, unknown>> {
  const all = typeof files === "string" ? { "config.py": files } : files;
  let data: Record<string, unknown> = {};
  await withTempFolder(async (folder) => {
    writeAll(folder, all);
    const given = typeof options === "function" ? options(folder) : options;
    const main = join(folder, Object.keys(all)[0]!);
    data = (await ADict.fromMmConfig(main, given)).toObject();
  });
  return data;
}

/** Writes files into a folder. */
export function writeAll(
  folder: string,
  files: Readonly<Record<string, string>>,
): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Returns the expressions of the fixture, with their values in Python. */
export function expressions(): [text: string, repr: string][] {
  const file = new URL(
    "./fixtures/openmmlab/expressions.json",
    import.meta.url,
  );
  return JSON.parse(readFileSync(fileURLToPath(file), "utf8"));
}

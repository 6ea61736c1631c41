/**
 * Loads every config below a folder with `ADict.fromMmConfig`, and writes the results, one JSON line
 * for each file.
 *
 *     deno run -A bench/openmmlab/ours.ts FOLDER OUT.jsonl [PACKAGE=FOLDER …]
 *
 * With `-` for the file it only loads the configs; this is the time that is measured.
 *
 * @module
 */
import { readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { ADict, MmConfigError } from "../../adict/mod.ts";
import { Reader } from "../../readers/openmmlab/_read.ts";
import { plain, typed } from "./_canonical.ts";

const [folder, out, ...named] = process.argv.slice(2);
if (folder === undefined || out === undefined) {
  throw new Error("Give a folder and a file: ours.ts FOLDER OUT.jsonl");
}
const packages = Object.fromEntries(named.map((word) => word.split("=", 2)));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".py")).map((name) => join(folder, name))
  .sort();

/** Loads all configs and returns the time in seconds. */
async function load(): Promise<number> {
  const begin = performance.now();
  for (const file of files) {
    try {
      await ADict.fromMmConfig(file, { packages });
    } catch (error) {
      // Configs that cannot be read count too; the comparison reports them.
      if (!(error instanceof MmConfigError)) throw error;
    }
  }
  return (performance.now() - begin) / 1000;
}

async function outcome(file: string): Promise<Record<string, string>> {
  const record = { file: relative(folder!, file) };
  try {
    const config = await ADict.fromMmConfig(file, { packages });
    const values = await new Reader({ packages }).read(file);
    return {
      ...record,
      plain: plain(config.toObject()),
      typed: typed(values),
    };
  } catch (error) {
    if (!(error instanceof MmConfigError)) throw error;
    return { ...record, error: `${error.name}: ${error.message}` };
  }
}

if (out === "-") {
  console.log(JSON.stringify({ files: files.length, seconds: await load() }));
} else {
  const lines: string[] = [];
  for (const file of files) lines.push(JSON.stringify(await outcome(file)));
  writeFileSync(out, lines.map((line) => `${line}\n`).join(""));
  console.log(JSON.stringify({ files: files.length, seconds: 0 }));
}

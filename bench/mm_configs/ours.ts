/**
 * Loads every config below a folder with `ADict.fromMmConfig`, and writes what it gets, one JSON line
 * a file.
 *
 *     deno run -A bench/mm_configs/ours.ts FOLDER OUT.jsonl [PACKAGE=FOLDER …]
 *
 * @module
 */
import { readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { ADict } from "../../adict/mod.ts";
import { Reader } from "../../adict/mm_config/_read.ts";
import { plain, typed } from "./_canonical.ts";

const [folder, out, ...named] = process.argv.slice(2);
if (folder === undefined || out === undefined) {
  throw new Error("Give a folder and a file: ours.ts FOLDER OUT.jsonl");
}
const packages = Object.fromEntries(named.map((word) => word.split("=", 2)));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".py")).map((name) => join(folder, name))
  .sort();

let spent = 0;
const lines: string[] = [];
for (const file of files) {
  const record: Record<string, string> = { file: relative(folder, file) };
  const begin = performance.now();
  try {
    const config = await ADict.fromMmConfig(file, { packages });
    spent += performance.now() - begin;
    record.plain = plain(config.toObject());
    record.typed = typed(await new Reader({ packages }).read(file));
  } catch (error) {
    spent += performance.now() - begin;
    record.error = error instanceof Error
      ? `${error.name}: ${error.message}`
      : String(error);
  }
  lines.push(JSON.stringify(record));
}
writeFileSync(out, lines.map((line) => `${line}\n`).join(""));
console.log(JSON.stringify({ files: files.length, seconds: spent / 1000 }));

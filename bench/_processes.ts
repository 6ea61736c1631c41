/** Whole processes, in turns with one that does nothing. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { median, type Row, time, timeRow } from "./_report.ts";

const ROUNDS = 11;

/** Measures what a script takes more than an empty one. */
export function processRow(
  what: string,
  words: readonly string[],
  { folder, budget }: { folder: string; budget: number },
): Row {
  const empty = join(folder, "empty.ts");
  writeFileSync(empty, "");
  runDeno(words); // the first time, sources are transpiled
  const ours: number[] = [], nothing: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    nothing.push(time(() => runDeno([empty])));
    ours.push(time(() => runDeno(words)));
  }
  const baseline = median(nothing);
  const row = timeRow(what, Math.max(0, median(ours) - baseline), budget);
  return {
    ...row,
    figure: `${row.figure} more than ${baseline.toFixed(0)} ms`,
  };
}

function runDeno(words: readonly string[]): void {
  const config = process.env.ATO_DENO_CONFIG ??
    fileURLToPath(new URL("../deno.npm.json", import.meta.url));
  const args = ["run", "-A", "--no-check", "--config", config, ...words];
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`Cannot measure ${words[0]}: ${stderr}`);
}

/** Whole processes, in turns with one that does nothing. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { median, type Row, time, timeRow } from "./_report.ts";

const ROUNDS = 11;

/** What a process is compared with. */
export interface ProcessOptions {
  /** A folder for files. */
  readonly folder: string;
  /** Milliseconds that it may take more. */
  readonly budget: number;
  /** The words of the other process. @default {an empty script} */
  readonly baseline?: readonly string[];
  /** The exit codes that are no failure. @default {[0]} */
  readonly codes?: readonly number[];
}

/** Measures what a process takes more than another one. */
export function processRow(
  what: string,
  words: readonly string[],
  { folder, budget, baseline, codes = [0] }: ProcessOptions,
): Row {
  const other = baseline ?? [emptyScript(folder)];
  runDeno(words, codes); // the first time, sources are transpiled
  const ours: number[] = [], others: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    others.push(time(() => runDeno(other, [0])));
    ours.push(time(() => runDeno(words, codes)));
  }
  const base = median(others);
  const row = timeRow(what, Math.max(0, median(ours) - base), budget);
  return { ...row, figure: `${row.figure} more than ${base.toFixed(0)} ms` };
}

function emptyScript(folder: string): string {
  const path = join(folder, "empty.ts");
  writeFileSync(path, "");
  return path;
}

function runDeno(words: readonly string[], codes: readonly number[]): void {
  const config = process.env.ATO_DENO_CONFIG ??
    fileURLToPath(new URL("../deno.npm.json", import.meta.url));
  const args = ["run", "-A", "--no-check", "--config", config, ...words];
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
  });
  if (status !== null && codes.includes(status)) return;
  throw new Error(`Cannot measure ${words[0]}: ${stderr}`);
}

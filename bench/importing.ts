/** What importing costs: a whole process, against one that runs an empty script. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { median, type Row, time, timeRow } from "./_report.ts";

const ROUNDS = 11;

/** Measures the import of `adict` and `scope` under `deno run`. */
export function benchImporting(folder: string): Row[] {
  const config = configPath();
  const empty = join(folder, "empty.ts");
  const script = join(folder, "import.ts");
  writeFileSync(empty, "");
  writeFileSync(script, 'import "@ato/ato/adict";\nimport "@ato/ato/scope";\n');
  const run = (file: string) => () => runDeno(config, file);
  const { extra, baseline } = compareProcesses(run(script), run(empty));
  const row = timeRow("import of adict and scope", extra, 30);
  return [{
    ...row,
    figure: `${row.figure} more than ${baseline.toFixed(0)} ms`,
  }];
}

/** Measures the start of `ato runs` on a file, against an empty script. */
export function benchStarting(folder: string, database: string): Row[] {
  const config = configPath();
  const empty = join(folder, "empty.ts");
  writeFileSync(empty, "");
  const cli = fileURLToPath(new URL("../cli.ts", import.meta.url));
  const { extra, baseline } = compareProcesses(
    () => runDeno(config, cli, "runs", "--db", database),
    () => runDeno(config, empty),
  );
  const row = timeRow("ato runs, on the large file", extra, 150);
  return [{
    ...row,
    figure: `${row.figure} more than ${baseline.toFixed(0)} ms`,
  }];
}

function configPath(): string {
  return process.env.ATO_DENO_CONFIG ??
    fileURLToPath(new URL("../deno.npm.json", import.meta.url));
}

function runDeno(config: string, ...words: string[]): void {
  const args = ["run", "-A", "--no-check", "--config", config, ...words];
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`Cannot measure: ${stderr}`);
}

/** Medians of processes in turns: what one takes more than the other, in milliseconds. */
function compareProcesses(
  work: () => void,
  empty: () => void,
): { extra: number; baseline: number } {
  work(); // the first time, sources are transpiled
  const ours: number[] = [], nothing: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    nothing.push(time(empty));
    ours.push(time(work));
  }
  const baseline = median(nothing);
  return { extra: Math.max(0, median(ours) - baseline), baseline };
}

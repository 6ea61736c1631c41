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
  const config = process.env.ATO_DENO_CONFIG ??
    fileURLToPath(new URL("../deno.npm.json", import.meta.url));
  const empty = join(folder, "empty.ts");
  const script = join(folder, "import.ts");
  writeFileSync(empty, "");
  writeFileSync(script, 'import "@ato/ato/adict";\nimport "@ato/ato/scope";\n');
  const run = (file: string) => () => {
    const args = ["run", "-A", "--no-check", "--config", config, file];
    const { status, stderr } = spawnSync(process.execPath, args, {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`Cannot measure the import: ${stderr}`);
  };
  run(script)(); // the first time, sources are transpiled
  const ours: number[] = [], baseline: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    baseline.push(time(run(empty)));
    ours.push(time(run(script)));
  }
  const extra = Math.max(0, median(ours) - median(baseline));
  const row = timeRow("import of adict and scope", extra, 30);
  return [{
    ...row,
    figure: `${row.figure} more than ${median(baseline).toFixed(0)} ms`,
  }];
}

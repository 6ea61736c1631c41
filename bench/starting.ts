/** What starting the command line costs: a whole process, against one that runs an empty script. */
import { fileURLToPath } from "node:url";
import { processRow } from "./_processes.ts";
import type { Row } from "./_report.ts";

/** Measures the start of `ato runs` on a file. */
export function benchStarting(folder: string, database: string): Row[] {
  const cli = fileURLToPath(new URL("../cli.ts", import.meta.url));
  const words = [cli, "runs", "--db", database];
  const what = "ato runs, on the large file";
  return [processRow(what, words, { folder, budget: 150 })];
}

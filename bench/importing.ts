/** What importing costs: a whole process, against one that runs an empty script. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { processRow } from "./_processes.ts";
import type { Row } from "./_report.ts";

/** Measures the import of `adict` and `scope` under `deno run`. */
export function benchImporting(folder: string): Row[] {
  const script = join(folder, "import.ts");
  writeFileSync(script, 'import "@ato/ato/adict";\nimport "@ato/ato/scope";\n');
  const what = "import of adict and scope";
  return [processRow(what, [script], { folder, budget: 30 })];
}

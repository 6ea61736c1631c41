/**
 * Measures the budgets, each beside a baseline of the same run: `deno task bench`. Exits with 1 if
 * one is missed by more than a factor of two. `deno task bench --runs=1000` fills a smaller file.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { printRows, type Row } from "./_report.ts";
import { benchDeep } from "./deep.ts";
import { benchFingerprints } from "./fingerprints.ts";
import { benchHashing } from "./hashing.ts";
import { benchImporting } from "./importing.ts";
import { benchObservingPython } from "./observing_python.ts";
import { benchObservingRun } from "./observing_run.ts";
import { benchReading } from "./reading.ts";
import { benchObserving } from "./observing.ts";
import { benchSearch } from "./search.ts";
import { benchSnapshot } from "./snapshot.ts";
import { benchExplaining } from "./explaining.ts";
import { benchWriting } from "./writing.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "10000" } },
});
const folder = mkdtempSync(join(tmpdir(), "ato-bench-"));
const rows: Row[] = [];
try {
  rows.push(...benchImporting(folder));
  rows.push(...await benchFingerprints());
  rows.push(await benchDeep(folder));
  rows.push(...await benchSnapshot(folder));
  rows.push(...await benchHashing(folder));
  rows.push(...benchObservingPython(folder));
  rows.push(...await benchWriting(folder));
  rows.push(...await benchObserving(folder));
  rows.push(...await benchSearch(folder));
  rows.push(...await benchReading(folder, Number(values.runs)));
  rows.push(...benchObservingRun(folder));
  rows.push(await benchExplaining(folder, Number(values.runs)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = printRows(rows) === 0 ? 0 : 1;

/**
 * Plants causes in real projects, asks `ato why`, and scores what it says:
 *
 * ```sh
 * deno run --no-config -A tools/deno.ts run -A bench/why/mod.ts
 * ```
 *
 * `--quick` takes every fourth cause, `--only TEXT` those whose id has the text, `--write FILE` writes the table as
 * a page, `--keep` keeps the folder, `--json FILE` writes every verdict. `--save FOLDER` keeps the files of all runs;
 * what is in it already is not run again, but asked about. `--from FOLDER` asks about these alone: for work on the
 * reasoning.
 *
 * @module
 */
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { CAUSES } from "./causes/mod.ts";
import { HISTORIES } from "./histories.ts";
import { reportOf } from "./report.ts";
import { askAgain, Suite } from "./suite.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean" },
    only: { type: "string" },
    write: { type: "string" },
    json: { type: "string" },
    keep: { type: "boolean" },
    save: { type: "string" },
    from: { type: "string" },
  },
});
/** Writes the report in the place of an older one; what `simulate.ts` printed stays below it. */
function writePage(path: string, report: string): void {
  const old = existsSync(path) ? readFileSync(path, "utf8") : "";
  const at = old.indexOf("## Error rates on simulated histories");
  writeFileSync(path, at < 0 ? report : `${report}\n${old.slice(at)}`);
}

const folder = mkdtempSync(join(tmpdir(), "ato-planted-"));
try {
  const chosen = CAUSES
    .filter(({ id }) => id.includes(values.only ?? ""))
    .filter((_, i) => !values.quick || i % 4 === 0);
  const started = performance.now();
  let done = 0;
  const suite = new Suite(folder, values.save);
  const scored = values.from === undefined
    ? await suite.run(chosen, () => {
      if (++done % 100 === 0) console.error(`${done} verdicts`);
    })
    : await askAgain(chosen, values.from);
  const histories = values.from !== undefined ? [] : await suite.runHistories(
    HISTORIES.filter(({ id }) => `bisect ${id}`.includes(values.only ?? ""))
      .filter((_, i) => !values.quick || i % 4 === 0),
  );
  const seconds = (performance.now() - started) / 1000;
  const report = reportOf(scored, histories);
  console.log(report);
  console.log(`${scored.length} verdicts in ${seconds.toFixed(0)} s`);
  if (values.write !== undefined) writePage(values.write, report);
  if (values.json !== undefined) {
    const plain = scored.map(({ truth, ...rest }) => ({
      id: truth.cause.id,
      kind: truth.cause.kind,
      seeds: truth.seeds,
      n: truth.n,
      ...rest,
      base: Object.fromEntries(truth.base),
      last: Object.fromEntries(truth.last),
    }));
    writeFileSync(values.json, JSON.stringify(plain, null, 1));
  }
  process.exitCode = [...scored, ...histories].some(({ grade }) =>
      grade === "wrong" || grade === "misleading"
    )
    ? 1
    : 0;
} finally {
  if (values.keep) console.error(`kept ${folder}`);
  else rmSync(folder, { recursive: true });
}

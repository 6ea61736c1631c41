/**
 * Compares the output of the commands with stored texts, word for word. The stored database has real runs:
 * the iris example unchanged, with another learning rate, with another operator, with another seed, unchanged
 * again, and twice with an unseeded loader; then three runs of a Python script. `tools/golden_runs.ts` makes these runs
 * again, with the version of Ato that made the file. A person read each text.
 *
 * `ATO_GOLDEN=write` writes the texts again; read the difference before committing it.
 */
import { test } from "node:test";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "./_lib.ts";
import { assertGolden, GOLDEN, type GoldenCase } from "./_golden.ts";

const CASES: readonly GoldenCase[] = [
  ["runs", "runs"],
  ["runs_narrow", "runs", "narrow"],
  ["runs_json", "runs iris --limit 2 --json"],
  ["runs_filtered", "runs iris lr>1 --columns lr,accuracy"],
  ["projects", "projects"],
  ["show", "show 2"],
  ["show_wide", "show 2", "wide"],
  ["show_narrow", "show 2", "narrow"],
  ["show_failed", "show 10"],
  ["show_json", "show 2 --json"],
  ["why_config", "why 1 2"],
  ["why_code", "why 1 3"],
  ["why_code_wide", "why 1 3", "wide"],
  ["why_code_narrow", "why 1 3", "narrow"],
  ["why_code_json", "why 1 3 --json"],
  ["why_seed", "why 1 4"],
  ["why_nothing", "why 1 5"],
  ["why_random", "why 6 7"],
  ["why_script", "why 8 9"],
  ["bisect", "bisect iris --metric accuracy --good 1 --bad 3"],
  ["best", "best iris --metric accuracy"],
  ["best_json", "best iris --metric accuracy --json"],
  ["similar", "similar 1"],
  ["diff", "diff 1 4"],
  ["diff_json", "diff 1 4 --json"],
  ["trace", "trace iris trainStep --metric accuracy"],
  ["compare", "compare 1 2 4"],
  ["compare_wide", "compare 1 2 4", "wide"],
  ["compare_narrow", "compare 1 2 4", "narrow"],
  ["compare_json", "compare 1 2 --json"],
  ["plot", "plot 1 --metric loss"],
  ["plot_wide", "plot 1 2 --metric loss --log", "wide"],
  ["plot_narrow", "plot 1 2 4 --metric loss --log", "narrow"],
  ["help", "--help"],
  ["help_why", "why --help"],
];

for (const golden of CASES) {
  const [name, words, view = "piped"] = golden;
  test(`ato ${words} (${view}): the text is the stored one`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "iris.db");
      copyFileSync(join(GOLDEN, "iris.db"), db);
      const more = words.includes("--help") ? [] : ["--db", db];
      // Sentences of `why` are left to the terminal to break; tables and plots fit.
      await assertGolden(golden, more, () => name.startsWith("why"));
    });
  });
}

/**
 * The test files of the repository, in the order in which a suite starts them.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { ROOT } from "./registry.ts";

/**
 * The files that take longest, the longest first. They start before the others: a long file that starts last
 * leaves all cores but one idle until it ends.
 */
export const SLOWEST: readonly string[] = [
  "tests/package/packed_test.ts",
  "tests/engines/team_example_test.ts",
  "tests/sync/mlflow_server_test.ts",
  "tests/engines/shared_redis_test.ts",
  "tests/engines/shared_postgres_test.ts",
  "tests/sync/mlflow_faults_test.ts",
  "tests/dashboard/views_page_test.ts",
  "tests/dashboard/states_page_test.ts",
  "tests/cli/why_sklearn_test.ts",
  "tests/package/jsr_test.ts",
  "tests/sync/faults_test.ts",
  "tests/sync/postgres_store_test.ts",
  "tests/sync/import_server_test.ts",
  "tests/dashboard/page_test.ts",
  "tests/engines/lost_test.ts",
  "tests/engines/contract_test.ts",
  "tests/package/binary_test.ts",
  "tests/sync/processes_test.ts",
  "tests/tracker/python_test.ts",
  "tests/hyperopt/shared_process_test.ts",
  "tests/dashboard/compare_page_test.ts",
  "tests/sync/searches_test.ts",
  "tests/tracker/processes_test.ts",
  "tests/dashboard/axe_test.ts",
  "tests/cli/repeat_as_was_test.ts",
  "tests/dashboard/keyboard_page_test.ts",
  "tests/dashboard/run_page_test.ts",
  "tests/cli/damage_test.ts",
  "tests/hyperopt/optuna_test.ts",
  "tests/tracker/outage_test.ts",
  "tests/sync/follow_test.ts",
  "tests/cli/observed_runs_test.ts",
  "tests/engines/texts_test.ts",
  "tests/sync/s3_store_test.ts",
  "tests/hyperopt/study_tracker_test.ts",
  "tests/sync/hostile_test.ts",
  "tests/why/planted_test.ts",
  "tests/dashboard/search_page_test.ts",
  "tests/package/bundle_test.ts",
  "tests/cli/values_test.ts",
  "tests/sync/store_contract_test.ts",
  "tests/dashboard/history_page_test.ts",
  "tests/dashboard/api_test.ts",
  "tests/hyperopt/interrupt_test.ts",
  "tests/cli/why_names_test.ts",
  "tests/cli/planted_test.ts",
  "tests/engines/search_test.ts",
  "tests/cli/run_test.ts",
  "tests/cli/repeat_test.ts",
  "tests/cli/terminal_test.ts",
  "tests/cli/options_test.ts",
  "tests/sync/wandb_import_test.ts",
  "tests/sync/round_trip_test.ts",
  "tests/engines/shared_nats_test.ts",
  "tests/engines/refused_test.ts",
  "tests/hyperopt/kill_test.ts",
  "tests/hyperopt/workers_test.ts",
  "tests/cli/why_inputs_test.ts",
  "tests/examples/search_threads_test.ts",
  "tests/fingerprint/value_bounds_test.ts",
  "tests/examples/iris_code_test.ts",
  "tests/hyperopt/distributed_test.ts",
];

/**
 * Lists test files.
 *
 * @param paths Files and folders, from the root of the repository.
 * @returns the paths from the root, the slowest files first, the others in alphabetical order.
 * @throws {Error} If there is no such file or folder.
 */
export async function testFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    for await (const file of filesIn(path.replace(/\/+$/, ""))) {
      files.push(file);
    }
  }
  const order = (file: string) => {
    const at = SLOWEST.indexOf(file);
    return at < 0 ? SLOWEST.length : at;
  };
  return [...new Set(files)].sort((a, b) =>
    order(a) - order(b) || (a < b ? -1 : 1)
  );
}

async function* filesIn(path: string): AsyncGenerator<string> {
  const place = resolve(ROOT, path);
  if ((await stat(place)).isFile()) return yield path;
  for (const entry of await readdir(place, { withFileTypes: true })) {
    // Tests that run at the same time make and remove hidden folders here.
    if (entry.name.startsWith(".")) continue;
    const inside = `${path}/${entry.name}`;
    if (entry.isDirectory()) yield* filesIn(inside);
    else if (entry.name.endsWith("_test.ts")) yield inside;
  }
}

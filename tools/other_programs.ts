/**
 * The test files that look at what other programs do: Python, a server of MLflow, searches over Redis and Postgres in
 * many processes. That is the same under each runtime, so the full suite runs them under Deno only; other tests run
 * the same parts under each Node.
 *
 * @module
 */

/** Their paths. */
const ABOUT_OTHERS =
  /^tests\/(?:observe\/python_(?:calls|compiled|hostile|libraries|planted|program_edits|program_versions)|sync\/mlflow_server|engines\/shared_process)_test\.ts$/;

/**
 * Leaves out the tests about other programs.
 *
 * @param paths Paths of test files.
 * @returns the others, in the same order.
 */
export function withoutOtherPrograms(paths: readonly string[]): string[] {
  return paths.filter((path) => !ABOUT_OTHERS.test(path));
}

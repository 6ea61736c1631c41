/**
 * The test files about Python: they start Python, and look at what it did. That is the same under each runtime, so
 * the full suite runs them under Deno only; other tests start the same parts under each Node.
 *
 * @module
 */

/** Their paths. */
const ABOUT_PYTHON =
  /^tests\/(?:observe\/python_(?:calls|compiled|hostile|libraries|planted|program_edits|program_versions)|sync\/mlflow_server)_test\.ts$/;

/**
 * Leaves out the tests about Python.
 *
 * @param paths Paths of test files.
 * @returns the others, in the same order.
 */
export function withoutPython(paths: readonly string[]): string[] {
  return paths.filter((path) => !ABOUT_PYTHON.test(path));
}

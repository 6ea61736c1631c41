/**
 * The test files that look at what other programs do: Python, servers of MLflow, Redis, Postgres, NATS and S3, the real wandb,
 * and many processes that share a search or a hub. That is the same under each runtime, so the full suite runs them
 * under Deno only; other tests run the same parts under each Node.
 *
 * @module
 */

/** Their paths. */
const ABOUT_OTHERS =
  /^tests\/(?:observe\/python_(?:calls|compiled|hostile|libraries|planted|program_edits|program_versions)|sync\/(?:mlflow_server|postgres_store|processes|s3_store|wandb_sync)|engines\/(?:shared_nats|shared_postgres|shared_redis|team_example)|hyperopt\/shared_process|examples\/search_team)_test\.ts$/;

/**
 * Leaves out the tests about other programs.
 *
 * @param paths Paths of test files.
 * @returns the others, in the same order.
 */
export function withoutOtherPrograms(paths: readonly string[]): string[] {
  return paths.filter((path) => !ABOUT_OTHERS.test(path));
}

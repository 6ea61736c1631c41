/** What `experiment` has that says where a run is stored and sent: it decides nothing. */
const PLACES: ReadonlySet<string> = new Set([
  "projectName",
  "project_name",
  "sql",
  "sync",
]);

/**
 * Tells whether a leaf of a config says where the run is stored or sent.
 *
 * @param keys Its keys from the root.
 * @returns true for `experiment.projectName` and for what is in `experiment.sql` and `experiment.sync`.
 */
export function isPlaceKey([first, second = ""]: readonly string[]): boolean {
  return first === "experiment" && PLACES.has(second);
}

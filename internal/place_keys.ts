/** What `experiment` has that says where a run is stored: it decides nothing. */
const PLACES: ReadonlySet<string> = new Set([
  "projectName",
  "project_name",
  "sql",
]);

/**
 * Tells whether a leaf of a config says where the run is stored.
 *
 * @param keys Its keys from the root.
 * @returns true for `experiment.projectName` and for what is in `experiment.sql`.
 */
export function isPlaceKey([first, second = ""]: readonly string[]): boolean {
  return first === "experiment" && PLACES.has(second);
}

import type { Run, RunRevision } from "../../tracker/mod.ts";
import { attempt } from "../../internal/attempt.ts";

/**
 * Returns a text that changes whenever a run does: the stored one, and what nothing in the file says, that the process
 * of a run is gone.
 *
 * @param one The stored text.
 * @param run The run.
 */
export function revisionOf(one: RunRevision, run: Run): string {
  const status = one.storedStatus === "running"
    ? attempt(() => run.status) ?? "running"
    : "";
  return status === "crashed" ? `${one.revision} crashed` : one.revision;
}

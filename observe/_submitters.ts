/** Programs that hand a job to a scheduler. */
import { basename } from "node:path";

const SUBMITTERS: ReadonlySet<string> = new Set(
  "sbatch qsub bsub condor_submit".split(" "),
);

/**
 * Tells whether a command only submits a job. The job runs later, perhaps elsewhere, when the observers are gone.
 *
 * @param command The program and its words.
 * @returns the name of the program, or `undefined`.
 */
export function submitterOf(command: readonly string[]): string | undefined {
  const name = basename(command[0] ?? "");
  return SUBMITTERS.has(name) ? name : undefined;
}

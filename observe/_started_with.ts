/** The variables that a run read, with the values that it was started with. */
import type { VariableSeen } from "../internal/observation.ts";
import type { SeenRun } from "./_seen_run.ts";

/**
 * Lists the variables. What a process of the run has set for another one is no input: of a process that an observed
 * process started, only the name counts, and the value is that of the run.
 *
 * @param run What was seen.
 * @param start The variables that the run was started with, and until when reads count.
 */
export function startedWith(
  run: SeenRun,
  { env, until }: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly until: number;
  },
): [name: string, value: string | null][] {
  const pids = new Set(run.processes.map(({ seen }) => seen.pid));
  const isOwnChild = ({ file }: { file: string }): boolean => {
    const seen = run.processOf(file)?.seen;
    return seen !== undefined && seen.thread === undefined &&
      pids.has(seen.parent);
  };
  const valueOf = (seen: VariableSeen & { file: string }) =>
    isOwnChild(seen) ? env[seen.name] ?? null : seen.value;
  return [...run.variables].filter(({ at }) => at <= until)
    .map((seen) => [seen.name, valueOf(seen)]);
}

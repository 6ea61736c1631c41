import {
  connectSearch,
  type SearchBackend,
  type SharedStudyStatus,
} from "../../hyperopt/mod.ts";
import { short } from "../../internal/text.ts";
import { visible } from "../../internal/visible_text.ts";
import { NotFoundError, UsageError } from "../command.ts";

/** A search on an engine. */
export interface EngineSearch {
  /** The id of the search. */
  readonly id: string;
  /** The connection. */
  readonly backend: SearchBackend;
}

/**
 * Connects to the engine of a search.
 *
 * @param action What cannot be done without it, as in `show the status`.
 * @param id The id of the search.
 * @param url The address of the engine; without it `ATO_WORKERS` has it.
 * @returns the connection; the caller closes it.
 * @throws {UsageError} If no search is named.
 */
export async function engineSearch(
  action: string,
  id: string | undefined,
  url: unknown,
): Promise<EngineSearch> {
  if (id === undefined || id === "") {
    throw new UsageError(
      `Cannot ${action}: name the search, as in \`ato search status team --workers redis://host:6379\``,
    );
  }
  const address = typeof url === "string" ? url : undefined;
  return { id, backend: await connectSearch(address, { searchId: id }) };
}

/** The error for an engine that has no such search. */
export function noSearch(id: string): NotFoundError {
  return new NotFoundError(
    `Cannot find search ${
      visible(id)
    } on this engine: no process has taken part in it; check the id`,
  );
}

/** Returns the trials that the scheduler plans; `undefined` if it has no end, or nobody began. */
export function plannedTrials(
  { agreement }: SharedStudyStatus,
): number | undefined {
  try {
    const plan: unknown = JSON.parse(agreement["plan"] ?? "null");
    const { trials } = (plan ?? {}) as { readonly trials?: unknown };
    return typeof trials === "number" ? trials : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Returns the best result as a text; `undefined` if there is none. */
export function bestText(
  { study, halvingBest }: SharedStudyStatus,
): string | undefined {
  const best = study?.best;
  if (study !== undefined && best !== undefined) {
    const value = best.metrics[study.metric] ?? NaN;
    return `${study.metric} ${short(value)} at ${
      short(best.fidelity)
    }, trial ${best.trial.trial}`;
  }
  if (study !== undefined && study.front.length > 0) {
    return `${study.front.length} trials in the front`;
  }
  if (halvingBest === undefined) return undefined;
  const { metric, batch, words } = halvingBest;
  return `${short(metric)} in rung ${batch}: ${words.map(visible).join(" ")}`;
}

/** Returns the progress of a search in one line. */
export function progressText(status: SharedStudyStatus): string {
  const { jobs, rate, study, state, halving } = status;
  const planned = plannedTrials(status);
  const started = study?.trials.length ?? halving?.length ?? 0;
  const best = bestText(status);
  return [
    `${state}: ${started}${
      planned === undefined ? "" : ` of ${planned}`
    } trials`,
    ...runningText(status),
    ...(jobs.failed > 0 ? [`${jobs.failed} failed`] : []),
    ...((jobs.lost ?? 0) > 0 ? [`${jobs.lost} lost and repeated`] : []),
    ...(rate === undefined ? [] : [`${short(Math.round(rate))} results/min`]),
    ...(best === undefined ? [] : [`best ${best}`]),
  ].join(", ");
}

function runningText({ jobs, members }: SharedStudyStatus): string[] {
  if (jobs.running === undefined) return [];
  const here = members.filter(({ state }) => state === "here");
  const workers = here.reduce((sum, one) => sum + one.workers, 0);
  return [
    `${jobs.running} running on ${workers} workers of ${here.length} processes`,
  ];
}

/** Returns the number of jobs in each state that is known. */
export function jobsText({ jobs }: SharedStudyStatus): string {
  const { running, waiting, done, failed, lost } = jobs;
  return Object.entries({
    running,
    waiting,
    done,
    failed,
    "lost and repeated": lost,
  }).flatMap(([name, count]) => count === undefined ? [] : [`${count} ${name}`])
    .join(", ");
}

/** Finds the run of a UUID on a server, or makes it. */
import type { LocalRun } from "../targets/target.ts";
import type { Answer } from "./_answer.ts";
import type { MlflowApi } from "./_api.ts";
import type { Experiments } from "./_experiments.ts";
import { timeOf } from "./fields.ts";
import { UUID_TAG } from "./values.ts";

/** A run on a server. */
export interface RemotePlace {
  readonly runId: string;
  readonly experimentId: string;
  /** Whether this call made it. */
  readonly isNew: boolean;
}

/** The most experiments that one search names. */
const AT_ONCE = 200;

/**
 * Finds a run by its tag, or makes it. Two programs that make it at once end with one: the one that sees another run
 * takes its own back.
 *
 * @param local The run.
 * @param server The server, and its experiments.
 * @returns where the run is.
 */
export async function findOrMake(
  local: LocalRun,
  server: { readonly api: MlflowApi; readonly experiments: Experiments },
): Promise<RemotePlace> {
  const { api, experiments } = server;
  const experiment = await experiments.of(local.project);
  const ids = experiment.isSure
    ? [experiment.id]
    : [...new Set([experiment.id, ...await experiments.all()])];
  const found = (await search(api, local.uuid, ids))[0];
  if (found !== undefined) return { ...found, isNew: false };
  const made = await make(local, experiment.id, api);
  const other = (await search(api, local.uuid, [experiment.id]))
    .find(({ runId, isActive }) => isActive && runId !== made);
  if (other === undefined) {
    return { runId: made, experimentId: experiment.id, isNew: true };
  }
  await api.post("runs/delete-tag", { run_id: made, key: UUID_TAG });
  await api.post("runs/delete", { run_id: made });
  return { ...other, isNew: false };
}

interface Found {
  readonly runId: string;
  readonly experimentId: string;
  readonly isActive: boolean;
}

/** All runs with a UUID: those that are not deleted first, then by id, so that all programs choose the same. */
async function search(
  api: MlflowApi,
  uuid: string,
  experiments: readonly string[],
): Promise<Found[]> {
  const found: Found[] = [];
  for (let i = 0; i < experiments.length; i += AT_ONCE) {
    const answer = await api.find("runs/search", {
      experiment_ids: experiments.slice(i, i + AT_ONCE),
      filter: `tags.\`${UUID_TAG}\` = '${uuid}'`,
      run_view_type: "ALL",
      max_results: 100,
    });
    found.push(...answer.list("runs").map((run) => toFound(run.at("info"))));
  }
  return found.sort((a, b) =>
    Number(b.isActive) - Number(a.isActive) || (a.runId < b.runId ? -1 : 1)
  );
}

function toFound(info: Answer): Found {
  return {
    runId: info.id("run_id"),
    experimentId: info.id("experiment_id"),
    isActive: info.text("lifecycle_stage") !== "deleted",
  };
}

async function make(
  { run, uuid }: LocalRun,
  experiment: string,
  api: MlflowApi,
): Promise<string> {
  const answer = await api.post("runs/create", {
    experiment_id: experiment,
    start_time: Math.max(0, timeOf(run.startTime) ?? 0),
    run_name: (run.name ?? `run ${run.id}`).toWellFormed(),
    tags: [{ key: UUID_TAG, value: uuid }],
  });
  return answer.at("run").at("info").id("run_id");
}

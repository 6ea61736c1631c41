/** Everything about a run that is not a curve. */
import { environmentFacts } from "../../../internal/environment_facts.ts";
import { flatten } from "../../../internal/leaves.ts";
import { historyOf, setterText } from "../../../internal/set_by.ts";
import { areSourcesElsewhere } from "../../../internal/sources_elsewhere.ts";
import { rawValueText } from "../../../internal/value_text.ts";
import { type Run, StorageError } from "../../../tracker/mod.ts";
import type { ConfigRow, MetricRow, RunReply } from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";
import { figure } from "../reply.ts";

/** `GET /api/runs/ID`. */
export const run: Endpoint<RunReply> = {
  path: "/api/runs/:id",
  async answer(query, { source }) {
    const found = await source.run(query.runId());
    const finder = await source.finder();
    const project = (await finder.listProjects()).find(({ id }) =>
      id === found.projectId
    );
    const damaged: string[] = [];
    const part = <T>(fallback: T, read: () => T | Promise<T>) =>
      orDamaged(damaged, fallback, read);
    const coverage = await part(
      undefined,
      async () => (await finder.factorsOf(found))?.coverage,
    );
    return {
      ...factsOf(found),
      project: project?.name ?? "",
      status: await part("unknown", () => found.status),
      config: await part([], () => configRows(found)),
      metrics: await part([], () => metricRows(found, damaged)),
      fingerprints: await part(
        [],
        () =>
          found.fingerprints.map(({ traceId, type, hash, calls }) => ({
            traceId,
            type,
            hash,
            ...(calls !== undefined && { calls }),
          })),
      ),
      fingerprintGaps: await part([], () => found.fingerprintGaps),
      environment: await part([], () => environmentFacts(found.environment)),
      areSourcesElsewhere: await part(
        false,
        () => areSourcesElsewhere(found.environment),
      ),
      ...(coverage !== undefined && { coverage }),
      inputs: await part(
        [],
        async () => (await finder.inputsOf(found))?.inputs ?? [],
      ),
      artifacts: await part([], () => found.artifacts),
      damaged,
    };
  },
};

type Facts = Pick<
  RunReply,
  | "id"
  | "uuid"
  | "name"
  | "notes"
  | "tags"
  | "seed"
  | "started"
  | "ended"
  | "duration"
  | "isDeleted"
  | "error"
>;

function factsOf(run: Run): Facts {
  const { id, uuid, name, notes, tags, seed, duration, error } = run;
  const [started, ended] = [run.startTime?.getTime(), run.endTime?.getTime()];
  return {
    id,
    tags,
    isDeleted: run.deletedAt !== undefined,
    ...(uuid !== undefined && { uuid }),
    ...(name !== undefined && { name }),
    ...(notes !== undefined && { notes }),
    ...(seed !== undefined && { seed }),
    ...(duration !== undefined && { duration }),
    ...(error !== undefined && { error }),
    ...(started !== undefined && { started }),
    ...(ended !== undefined && { ended }),
  };
}

function configRows({ config, history }: Run): ConfigRow[] {
  return [...flatten(config)].map(([key, value]) => {
    const [last, ...before] = historyOf(history, key).toReversed();
    return {
      key,
      value: rawValueText(value),
      setBy: last === undefined ? "" : setterText(last),
      before: before.map((entry) => ({
        value: entry.deleted ? "deleted" : rawValueText(entry.value),
        setBy: setterText(entry),
      })),
    };
  });
}

async function metricRows(
  { metrics }: Run,
  damaged: string[],
): Promise<MetricRow[]> {
  const rows: MetricRow[] = [];
  for (const name of await metrics.names()) {
    const summary = await orDamaged(
      damaged,
      undefined,
      () => metrics.summary(name),
    );
    if (summary === undefined) continue;
    const {
      metric,
      count,
      nonfinite,
      divergedAt,
      firstStep,
      lastStep,
      last,
      min,
      max,
    } = summary;
    rows.push({
      metric,
      count,
      nonfinite,
      firstStep,
      lastStep,
      last: figure(last),
      ...(divergedAt !== undefined && { divergedAt }),
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
    });
  }
  return rows;
}

/** A damaged part must not hide the others. */
async function orDamaged<T>(
  damaged: string[],
  fallback: T,
  read: () => T | Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof StorageError) || error.problem !== "corrupt") {
      throw error;
    }
    damaged.push(error.message);
    return fallback;
  }
}

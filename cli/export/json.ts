import type { Run, StoredOutput } from "../../tracker/mod.ts";
import type { Chosen } from "./choose.ts";
import { jsonText } from "../../internal/json_text.ts";
import { JSON_HEAD } from "./ours.ts";

/**
 * Writes runs as one JSON document, one metric at a time, so that long runs need little memory.
 * Bigints and numbers that are not finite are strings.
 *
 * @param chosen The runs.
 * @param write Takes each line, without its line break.
 */
export async function writeJson(
  chosen: readonly Chosen[],
  write: (line: string) => void,
): Promise<void> {
  write(JSON_HEAD);
  for (const [i, one] of chosen.entries()) {
    const head = jsonText(await describe(one));
    write(`${head.slice(0, -1)}, "metrics": {`);
    await writeMetrics(one.run, write);
    write(i < chosen.length - 1 ? "}}," : "}}");
  }
  write("]}");
}

async function writeMetrics(
  run: Run,
  write: (line: string) => void,
): Promise<void> {
  const keys = await run.metrics.names();
  for (const [i, key] of keys.entries()) {
    const [steps, values, times]: [number[], number[], number[]] = [[], [], []];
    for await (const points of run.metrics.pages(key)) {
      for (const { step, value, time } of points) {
        steps.push(step);
        values.push(value);
        times.push(time.getTime());
      }
    }
    const text = jsonText({
      summary: await run.metrics.summary(key),
      ...{ steps, values, times },
    });
    write(`${jsonText(key)}: ${text}${i < keys.length - 1 ? "," : ""}`);
  }
}

async function allCalls(run: Run, traceId: string): Promise<StoredOutput[]> {
  const calls: StoredOutput[] = [];
  for (;;) {
    const after = calls.at(-1);
    const page = await run.outputs(traceId, { ...(after && { after }) });
    if (page.length === 0) return calls;
    calls.push(...page);
  }
}

async function describe({ run, project, inputs }: Chosen): Promise<unknown> {
  const fingerprints = run.fingerprints;
  const outputs: Record<string, unknown> = {};
  for (const traceId of new Set(fingerprints.map((one) => one.traceId))) {
    const calls = await allCalls(run, traceId);
    if (calls.length > 0) outputs[traceId] = calls;
  }
  return {
    ...{ id: run.id, uuid: run.uuid, project, name: run.name },
    ...{ status: run.status, startTime: run.startTime, endTime: run.endTime },
    ...{ duration: run.duration, seed: run.seed, tags: run.tags },
    ...{ notes: run.notes, parentId: run.parentId, error: run.error },
    ...{ structuralHash: run.structuralHash, config: run.config },
    ...{ history: run.history, attempts: run.attempts },
    ...{ inputs: await inputs(), artifacts: run.artifacts },
    ...{ fingerprints, outputs },
    fingerprintGaps: run.fingerprintGaps,
  };
}

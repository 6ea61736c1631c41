/**
 * Where two runs diverge: the first call of each trace and the first step of each metric that differ.
 *
 * @module
 */
import type { MetricPoint, Run, StoredOutput } from "../tracker/mod.ts";
import type { CallDivergence, PointDivergence } from "./facts.ts";
import { isSame, type ResultOptions } from "./results.ts";

type Tolerances = Pick<ResultOptions, "tolerance" | "atol">;

/** A trace whose outputs diverge. */
export interface OutputDivergence extends CallDivergence {
  /** Its position among all recorded calls of the run. */
  readonly sequence: number;
  /** The largest relative difference of the values in the sketches, if both calls have one. */
  readonly by: number | undefined;
}

/** A metric whose values diverge. */
export type MetricDivergence = PointDivergence;

/** Where two runs diverge. */
export interface Divergence {
  /** The traces whose outputs diverge, earliest first; the later ones are downstream. */
  readonly outputs: readonly OutputDivergence[];
  /** The traces whose outputs are the same in every call. */
  readonly agreeing: readonly string[];
  /** The metrics that diverge, earliest first. */
  readonly metrics: readonly MetricDivergence[];
}

/**
 * Finds where two runs diverge.
 *
 * @param a The first run.
 * @param b The second run.
 * @param tolerances The differences up to which two values of a metric are equal. @default {equal bits}
 * @returns the traces and metrics that diverge.
 */
export async function divergenceOf(
  a: Run,
  b: Run,
  { tolerance = 0, atol = 0 }: Partial<Tolerances> = {},
): Promise<Divergence> {
  const [outputs, agreeing] = await compareOutputs(a, b);
  const metrics = await compareMetrics(a, b, { tolerance, atol });
  return { outputs, agreeing, metrics };
}

async function* outputsOf(
  run: Run,
  traceId: string,
): AsyncGenerator<StoredOutput> {
  const limit = 1000;
  let after: StoredOutput | undefined;
  for (;;) {
    const page = await run.outputs(traceId, { limit, ...(after && { after }) });
    yield* page;
    if (page.length < limit) return;
    after = page.at(-1);
  }
}

async function compareOutputs(
  a: Run,
  b: Run,
): Promise<[OutputDivergence[], string[]]> {
  const ids = new Set(
    [...a.fingerprints, ...b.fingerprints]
      .filter(({ type }) => type === "runtime").map(({ traceId }) => traceId),
  );
  const divergence: OutputDivergence[] = [];
  const agreeing: string[] = [];
  for (const id of ids) {
    const found = await firstDivergence(a, b, id);
    if (found === undefined) agreeing.push(id);
    else divergence.push(found);
  }
  return [divergence.sort((x, y) => x.sequence - y.sequence), agreeing.sort()];
}

async function firstDivergence(
  a: Run,
  b: Run,
  traceId: string,
): Promise<OutputDivergence | undefined> {
  const [left, right] = [outputsOf(a, traceId), outputsOf(b, traceId)];
  for (let call = 0;; call++) {
    const [x, y] = [await left.next(), await right.next()];
    if (x.done && y.done) return undefined;
    const one: StoredOutput | undefined = x.done ? undefined : x.value;
    const other: StoredOutput | undefined = y.done ? undefined : y.value;
    if (one?.hash === other?.hash && one?.outcome === other?.outcome) continue;
    const sequence = one?.sequence ?? other?.sequence ?? 0;
    return { traceId, call, sequence, by: relativeDifference(one, other) };
  }
}

function relativeDifference(
  a?: StoredOutput,
  b?: StoredOutput,
): number | undefined {
  if (a?.sketch === undefined || b?.sketch === undefined) return undefined;
  const pairs = a.sketch.samples.map((x, i) =>
    [x, b.sketch!.samples[i] ?? NaN] as const
  );
  pairs.push([a.sketch.l2, b.sketch.l2]);
  // NaN and infinity have no relative difference.
  if (pairs.some(([x, y]) => !Object.is(x, y) && !Number.isFinite(x - y))) {
    return undefined;
  }
  const differences = pairs.map(([x, y]) => {
    if (Object.is(x, y)) return 0;
    const scale = Math.max(Math.abs(x), Math.abs(y));
    return scale === 0 ? 0 : Math.abs(x - y) / scale;
  });
  return differences.reduce((most, one) => one > most ? one : most, 0);
}

/** Finds where the points of each metric first differ, the earliest first. */
async function compareMetrics(
  a: Run,
  b: Run,
  tolerances: Tolerances,
): Promise<MetricDivergence[]> {
  const names = new Set([
    ...await a.metrics.names(),
    ...await b.metrics.names(),
  ]);
  const found: MetricDivergence[] = [];
  for (const metric of names) {
    const divergence = await metricDivergence(a, b, metric, tolerances);
    if (divergence !== undefined) found.push(divergence);
  }
  return found.sort((x, y) => x.step - y.step);
}

async function metricDivergence(
  a: Run,
  b: Run,
  metric: string,
  tolerances: Tolerances,
): Promise<MetricDivergence | undefined> {
  const [left, right] = [pointsOf(a, metric), pointsOf(b, metric)];
  for (;;) {
    const [x, y] = [await left.next(), await right.next()];
    if (x.done && y.done) return undefined;
    const one = x.done ? undefined : x.value;
    const other = y.done ? undefined : y.value;
    if (
      one?.step === other?.step && isSame(one?.value, other?.value, tolerances)
    ) {
      continue;
    }
    const step = Math.min(one?.step ?? Infinity, other?.step ?? Infinity);
    return { metric, step, a: one?.value, b: other?.value };
  }
}

async function* pointsOf(
  run: Run,
  metric: string,
): AsyncGenerator<MetricPoint> {
  for await (const points of run.metrics.pages(metric, { limit: 2000 })) {
    yield* points;
  }
}

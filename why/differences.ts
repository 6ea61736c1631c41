/** What differs between two runs, part by part, causes before effects. */
import {
  compareRunCode,
  type MetricPoint,
  type Run,
  type StoredOutput,
  type TraceComparison,
} from "../tracker/mod.ts";
import type { ConfigHistory } from "../internal/run_source.ts";
import { flatten } from "../internal/leaves.ts";
import { setBy } from "../internal/set_by.ts";
import { textAt } from "../internal/value_text.ts";

/** A field of the environment that differs. */
export interface EnvironmentDifference {
  /** Its name, e.g. `deno`, `git`, `lock`. */
  readonly field: string;
  /** Its value in the first run. */
  readonly a: unknown;
  /** Its value in the second run. */
  readonly b: unknown;
}

/** A config value that differs. */
export interface ConfigDifference {
  /** The key path. */
  readonly path: string;
  /** Its value in the first run; `undefined` if the key is absent. */
  readonly a: unknown;
  /** Its value in the second run; `undefined` if the key is absent. */
  readonly b: unknown;
  /** What set it in the first run, e.g. `defaults, train.ts:12`. */
  readonly setByA: string | undefined;
  /** What set it in the second run. */
  readonly setByB: string | undefined;
  /** Whether it is known that neither run read it. */
  readonly neverRead: boolean;
}

/** A trace whose outputs diverge. */
export interface OutputDivergence {
  /** The id of the trace. */
  readonly traceId: string;
  /** The first call that differs, from 0. */
  readonly call: number;
  /** Its position among all recorded calls of the run. */
  readonly sequence: number;
  /** The largest relative difference of the values in the sketches, if both calls have one. */
  readonly by: number | undefined;
}

/** A metric whose values diverge. */
export interface MetricDivergence {
  /** Its name. */
  readonly metric: string;
  /** The first step at which the values differ. */
  readonly step: number;
  /** The value of the first run at that step, if it has one. */
  readonly a: number | undefined;
  /** The value of the second run at that step, if it has one. */
  readonly b: number | undefined;
}

/** Everything that differs between two runs. */
export interface Differences {
  /** The fields of the environment that differ. */
  readonly environment: readonly EnvironmentDifference[];
  /** Whether the configs differ in structure. */
  readonly structureDiffers: boolean;
  /** The config values that differ. */
  readonly config: readonly ConfigDifference[];
  /** The comparison of every traced function. */
  readonly code: readonly TraceComparison[];
  /** The traces whose outputs diverge, earliest first; the later ones are downstream. */
  readonly outputs: readonly OutputDivergence[];
  /** The traces whose outputs are the same in every call. */
  readonly agreeing: readonly string[];
  /** The metrics that diverge, earliest first. */
  readonly metrics: readonly MetricDivergence[];
}

/**
 * Compares two runs.
 *
 * @param a The first run.
 * @param b The second run.
 * @returns everything that differs.
 */
export async function findDifferences(a: Run, b: Run): Promise<Differences> {
  const [outputs, agreeing] = await compareOutputs(a, b);
  return {
    environment: compareEnvironment(a, b),
    structureDiffers: a.structuralHash !== b.structuralHash,
    config: compareConfig(a, b),
    code: [...compareRunCode(a, b).values()],
    outputs,
    agreeing,
    metrics: await compareMetrics(a, b),
  };
}

/** Returns the fields of a run's environment that can change a result. */
export function fieldsOf(run: Run): Record<string, unknown> {
  const { runtime, os, cpu, git, lockFile } = run.environment;
  return {
    runtime: runtime && `${runtime.name} ${runtime.version ?? ""}`.trim(),
    engine: runtime?.v8 && `v8 ${runtime.v8}`,
    os: os && `${os.platform} ${os.release ?? ""} ${os.arch}`,
    cpu: cpu?.model,
    lock: lockFile && `${lockFile.name} ${lockFile.sha256.slice(0, 8)}`,
    git: git?.commit && git.commit.slice(0, 8),
    "uncommitted changes": git?.dirty,
    seed: run.seed,
  };
}

function compareEnvironment(a: Run, b: Run): EnvironmentDifference[] {
  const [left, right] = [fieldsOf(a), fieldsOf(b)];
  return Object.keys(left)
    .filter((field) => left[field] !== right[field])
    .map((field) => ({ field, a: left[field], b: right[field] }));
}

/**
 * Returns the leaves of a run's config. The settings of the run itself (`experiment`) are left out.
 *
 * @param config The config.
 * @returns the leaves by key path.
 */
export function configLeaves(config: unknown): Map<string, unknown> {
  return new Map(
    [...flatten(config)].filter(([path]) => !/^experiment(\.|$)/.test(path)),
  );
}

/** What a run knows about its config. Each of these reads the file, so they are read once. */
interface ConfigView {
  readonly leaves: ReadonlyMap<string, unknown>;
  readonly history: ConfigHistory;
  readonly unread: ReadonlySet<string> | undefined;
}

function viewOf(run: Run): ConfigView {
  const { config, history, unread } = run;
  return {
    leaves: configLeaves(config),
    history,
    unread: unread && new Set(unread),
  };
}

/** Tells whether a run is known not to have read a key; a key that it does not have was not read either. */
function isUnread({ leaves, unread }: ConfigView, path: string): boolean {
  return unread !== undefined && (unread.has(path) || !leaves.has(path));
}

/**
 * Compares the config values of two runs.
 *
 * @param a The first run.
 * @param b The second run.
 * @returns the values that differ, with what set them.
 */
export function compareConfig(a: Run, b: Run): ConfigDifference[] {
  const [left, right] = [viewOf(a), viewOf(b)];
  const paths = new Set([...left.leaves.keys(), ...right.leaves.keys()]);
  return [...paths]
    .filter((path) => textAt(left.leaves, path) !== textAt(right.leaves, path))
    .map((path) => ({
      path,
      a: left.leaves.get(path),
      b: right.leaves.get(path),
      setByA: setBy(left.history, path) || undefined,
      setByB: setBy(right.history, path) || undefined,
      neverRead: isUnread(left, path) && isUnread(right, path),
    }));
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

async function compareMetrics(a: Run, b: Run): Promise<MetricDivergence[]> {
  const names = new Set([
    ...await a.metrics.names(),
    ...await b.metrics.names(),
  ]);
  const found: MetricDivergence[] = [];
  for (const metric of names) {
    const divergence = await metricDivergence(a, b, metric);
    if (divergence !== undefined) found.push(divergence);
  }
  return found.sort((x, y) => x.step - y.step);
}

async function metricDivergence(
  a: Run,
  b: Run,
  metric: string,
): Promise<MetricDivergence | undefined> {
  const [left, right] = [pointsOf(a, metric), pointsOf(b, metric)];
  for (;;) {
    const [x, y] = [await left.next(), await right.next()];
    if (x.done && y.done) return undefined;
    const one = x.done ? undefined : x.value;
    const other = y.done ? undefined : y.value;
    if (one?.step === other?.step && Object.is(one?.value, other?.value)) {
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

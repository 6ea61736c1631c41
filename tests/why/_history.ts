/** Histories of runs, written by hand. */
import type { Coverage, Dimension } from "../../internal/run_factors.ts";
import { NOT_OBSERVED } from "../../internal/run_inputs.ts";
import {
  explainFacts,
  type ExplainOptions,
  type History,
  type MetricFacts,
  type RunFacts,
  type Verdict,
} from "../../why/mod.ts";

const FULL: Coverage = { level: "full", missing: [] };

/** The coverage of a run that was not observed, and logged no inputs. */
export const NO_INPUTS: Coverage = {
  level: "none",
  missing: [NOT_OBSERVED],
};

/** What a run is made of. */
export interface Parts {
  /** Config leaves by key path. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Other factors by id. */
  readonly factors?: Readonly<Record<string, string>>;
  /** The seed, as `run({ seed })` sets it. */
  readonly seed?: number;
  /** Metrics: values by step, or the last one alone. */
  readonly metrics?: Readonly<Record<string, number | readonly number[]>>;
  /** The metric `loss`. */
  readonly loss?: number | readonly number[];
  /** Coverage other than full. */
  readonly coverage?: Partial<Record<Dimension, Coverage>>;
  /** Config leaves that were not read. */
  readonly unread?: readonly string[];
  readonly status?: string;
  readonly error?: string;
}

/** Makes a run. */
export function run(id: number, parts: Parts = {}): RunFacts {
  const { config = {}, factors = {}, seed, loss, status = "completed" } = parts;
  const metrics = {
    ...parts.metrics,
    ...(loss !== undefined && { loss }),
  };
  return {
    id,
    status,
    ...(parts.error !== undefined && { error: parts.error }),
    coverage: {
      config: FULL,
      code: FULL,
      inputs: FULL,
      environment: FULL,
      ...parts.coverage,
    },
    factors: new Map([
      ...Object.entries(config).map(([path, value]) =>
        [`config:${path}`, JSON.stringify(value)] as const
      ),
      ...Object.entries(factors),
      ...(seed === undefined ? [] : [["seed", String(seed)] as const]),
    ]),
    unread: new Set((parts.unread ?? []).map((path) => `config:${path}`)),
    metrics: new Map(
      Object.entries(metrics).map(([key, values]) => [key, factsOf(values)]),
    ),
  };
}

function factsOf(given: number | readonly number[]): MetricFacts {
  const values = typeof given === "number" ? [given] : given;
  const finite = values.filter(Number.isFinite);
  return {
    count: values.length,
    lastStep: values.length - 1,
    last: values.at(-1) ?? NaN,
    lastFinite: finite.at(-1),
    min: finite.length === 0 ? undefined : Math.min(...finite),
    max: finite.length === 0 ? undefined : Math.max(...finite),
    valueAt: new Map(values.entries()),
  };
}

/** Makes a history. */
export function history(
  a: RunFacts,
  b: RunFacts,
  ...others: readonly RunFacts[]
): History {
  return { a, b, others, leftOut: 0 };
}

/** Explains two runs. */
export function why(
  a: RunFacts,
  b: RunFacts,
  others: readonly RunFacts[] = [],
  options: ExplainOptions = {},
): Verdict {
  return explainFacts(history(a, b, ...others), options);
}

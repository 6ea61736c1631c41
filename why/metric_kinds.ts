/**
 * Metrics that are no results.
 *
 * @module
 */
import type { RunFacts } from "./facts.ts";
import { keysOf, parseJson } from "./config_ids.ts";

/** Words in the name of a timing or of a resource. */
const RESOURCES: ReadonlySet<string> = new Set(
  ("time times timing timings seconds secs sec ms millis milliseconds minutes hours elapsed duration runtime " +
    "walltime wallclock latency throughput fps eta memory mem rss vram heap gb mb kb bytes cpu gpu " +
    "utilization utilisation watts flops tflops mfu timestamp uptime").split(
      " ",
    ),
);

/** Whole names of rates: samples per second and the like. */
const RATE = /(^|\W|_)(per|\/)_?(s|sec|second|ms|min|minute|hour|h)($|\W|_)/i;

/** Last parts of names that count steps. */
const COUNTERS: ReadonlySet<string> = new Set(
  ("step steps epoch epochs iteration iterations iter iters globalstep batch batches batchidx batchindex round " +
    "rounds tick ticks samples samplesseen tokens tokensseen examples examplesseen progress")
    .split(" "),
);

/**
 * Tells whether a metric is a timing, a resource or a counter by its name.
 *
 * @param key The name of the metric.
 * @returns true if it is no result.
 */
export function isResource(key: string): boolean {
  const words = key.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase()
    .split(/[^a-z\d]+/).filter((word) => word !== "");
  const last = plain(lastPart(key));
  return words.some((word) => RESOURCES.has(word)) || RATE.test(key) ||
    last === "lr" || last === "learningrate" ||
    // `train/epoch` counts epochs, `loss/epoch` is the loss of one.
    (COUNTERS.has(last) && key.split(/[/.]/).slice(0, -1).every(isPhase));
}

function isPhase(part: string): boolean {
  return /^(train|training|trainer|val|valid|eval|test|global|progress|counters?|loop)$/i
    .test(part);
}

function lastPart(key: string): string {
  return key.split(/[/.]/).at(-1) ?? key;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/**
 * Tells whether a metric is a copy of a config value: a leaf of the same name has its value in both runs.
 *
 * @param a The first run.
 * @param b The second run.
 * @param key The name of the metric.
 * @returns true if it is.
 */
export function isCopy(a: RunFacts, b: RunFacts, key: string): boolean {
  const name = plain(lastPart(key));
  return [...a.factors.keys()].some((id) =>
    plain(keysOf(id)?.at(-1) ?? "") === name && holds(a, id, key) &&
    holds(b, id, key)
  );
}

/** A schedule starts or ends at the value. */
function holds(run: RunFacts, id: string, key: string): boolean {
  const text = run.factors.get(id);
  const value = text === undefined ? undefined : parseJson(text);
  const metric = run.metrics.get(key);
  return typeof value === "number" &&
    (metric?.last === value || metric?.max === value);
}

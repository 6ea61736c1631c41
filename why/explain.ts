/** Everything that `ato why` says, as data. */
import type { Run } from "../tracker/mod.ts";
import { brief, short } from "../internal/text.ts";
import { rawValueText } from "../internal/value_text.ts";
import { repeatCommand } from "./repeat_command.ts";
import { assignment } from "./assignment.ts";
import { association } from "./association.ts";
import { differingFactors, factorsOf } from "./factors.ts";
import {
  configLeaves,
  type Differences,
  fieldsOf,
  findDifferences,
} from "./differences.ts";
import {
  type Group,
  groupBy,
  isReplicated,
  lastOf,
  measureNoise,
  type Noise,
} from "./evidence.ts";
import { sentence, type Suspect, suspectsOf } from "./verdict.ts";

/** The answer. */
export interface Explanation {
  readonly a: number;
  readonly b: number;
  /** The metric that the answer is about, if the runs have one in common. */
  readonly metric?: {
    readonly name: string;
    readonly a: number;
    readonly b: number;
    /** The difference in standard deviations of replicates, where there are any. */
    readonly sigmas?: number;
  };
  readonly noise?: Noise;
  readonly verdict: string;
  /** Whether a change of the result is beyond the noise. */
  readonly isEvidence: boolean;
  readonly suspects: readonly Suspect[];
  readonly differences: Differences;
  readonly evidence: readonly Group[];
  readonly unknown: readonly string[];
  /** The one run that would decide, as a command. */
  readonly next?: { readonly command: string; readonly why: string };
}

/** A difference below so many standard deviations is no evidence of a change. */
const SIGMAS = 2;

/** Explains why two runs differ, with the other runs of their project as evidence. */
export async function explain(
  a: Run,
  b: Run,
  runs: readonly Run[],
  wanted?: string,
): Promise<Explanation> {
  const differences = await findDifferences(a, b);
  const key = wanted ?? await chooseMetric(a, b);
  const suspects = await rank(suspectsOf(differences), a, b, runs, key);
  const metric = key === undefined ? undefined : await measure(a, b, key);
  const noise = key === undefined ? undefined : await measureNoise(runs, key);
  const sigmas = metric && noise && noise.deviation > 0
    // Two single runs differ by chance by the square root of 2 times what one varies.
    ? Math.abs(metric.b - metric.a) / (noise.deviation * Math.SQRT2)
    : undefined;
  const differs = differences.outputs.length > 0 ||
    differences.metrics.length > 0;
  const isQuiet = sigmas !== undefined && sigmas < SIGMAS &&
    metric?.a !== metric?.b;
  const isRepeated = isReplicated(a, runs) || isReplicated(b, runs);
  const words = sentence(suspects, differences, a, b) +
    await causation(suspects, { a, b, runs, key, noise, isRepeated });
  const next = nextRun(a, b, suspects, isRepeated ? noise : undefined);
  return {
    a: a.id,
    b: b.id,
    ...(metric &&
      { metric: { ...metric, ...(sigmas !== undefined && { sigmas }) } }),
    ...(noise && { noise }),
    verdict: isQuiet
      ? `${words} But ${metric?.name} differs by less than ${SIGMAS} sigma of ${noise?.replicates} ` +
        "replicates: no evidence of a change in the result."
      : words,
    isEvidence: (suspects.length > 0 || differs) && !isQuiet,
    suspects,
    differences,
    evidence: key && suspects[0]
      ? await evidenceFor(suspects[0], runs, key)
      : [],
    unknown: unknownOf(a, b, differences),
    ...(next && suspects.length > 0 && { next }),
  };
}

/**
 * What may be said of the first suspect: caused, where a run with nothing but it swapped proves it
 * beyond the noise; otherwise only that they go together.
 */
async function causation(
  suspects: readonly Suspect[],
  { a, b, runs, key, noise, isRepeated }: {
    readonly a: Run;
    readonly b: Run;
    readonly runs: readonly Run[];
    readonly key: string | undefined;
    readonly noise: Noise | undefined;
    /** Whether one of the two was repeated. */
    readonly isRepeated: boolean;
  },
): Promise<string> {
  const name = suspects[0] && factorNameOf(suspects[0]);
  if (name === undefined || key === undefined || noise === undefined) {
    return "";
  }
  // Replicates of other code say nothing of the chance in this one.
  if (!isRepeated) {
    return " Associated, not proven: neither run was repeated, so it may be chance.";
  }
  const [before, after] = [factorsOf(a), factorsOf(b)];
  const from = await lastOf(a, key);
  for (const run of [b, ...runs]) {
    const [factors, value] = [factorsOf(run), await lastOf(run, key)];
    const differing = differingFactors(before, factors);
    if (differing.length !== 1 || differing[0] !== name) continue;
    if (
      factors.get(name)?.value !== after.get(name)?.value ||
      from === undefined || value === undefined
    ) continue;
    if (Math.abs(value - from) <= SIGMAS * noise.deviation * Math.SQRT2) {
      continue;
    }
    return ` Caused by it: run ${run.id} is run ${a.id} with nothing else changed.`;
  }
  return differingFactors(before, after).length === 1
    ? ` Nothing else that was recorded differs; ${key} did not move beyond the noise.`
    : " Associated, not proven: no run has nothing but that changed.";
}

/** The factor that a suspect is, if a run can differ in it alone. */
function factorNameOf({ kind, traceId, path }: Suspect): string | undefined {
  if (path !== undefined) return `config ${path}`;
  return kind === "code" && traceId !== undefined
    ? `code ${traceId}`
    : undefined;
}

/** Associations beyond this make a suspect the first, below the other they make it the last. */
const STRONG = 4;
const WEAK = 2;

/** Puts first what goes with the result in the project's other runs, and last what does not. */
async function rank(
  suspects: readonly Suspect[],
  a: Run,
  b: Run,
  runs: readonly Run[],
  metric: string | undefined,
): Promise<Suspect[]> {
  if (metric === undefined || suspects.length < 2) return [...suspects];
  const scored = await Promise.all(suspects.map(async (suspect) => {
    const labels = (run: Run) => labelOf(run, suspect);
    const t = await association(runs, metric, labels, labels(a), labels(b));
    return {
      suspect,
      score: t === undefined ? 1 : t >= STRONG ? 1 + t : t < WEAK ? 0 : 1,
    };
  }));
  return scored.sort((x, y) => y.score - x.score || 0).map(({ suspect }) =>
    suspect
  );
}

/** A metric that both runs have: one where more is better, then one where less is, then any. */
async function chooseMetric(a: Run, b: Run): Promise<string | undefined> {
  const others = new Set(await b.metrics.names());
  const common = (await a.metrics.names()).filter((key) => others.has(key))
    .sort();
  return common.find((key) => /acc|score|auc|f1|reward|bleu/i.test(key)) ??
    common.find((key) => /loss|err/i.test(key)) ?? common[0];
}

async function measure(
  a: Run,
  b: Run,
  key: string,
): Promise<Explanation["metric"]> {
  const [x, y] = [await lastOf(a, key), await lastOf(b, key)];
  return x === undefined || y === undefined
    ? undefined
    : { name: key, a: x, b: y };
}

function evidenceFor(
  suspect: Suspect,
  runs: readonly Run[],
  metric: string,
): Promise<Group[]> {
  return groupBy(runs, metric, (run) => labelOf(run, suspect));
}

function labelOf(
  run: Run,
  { kind, what, traceId, path }: Suspect,
): string | undefined {
  if (path !== undefined) {
    const leaves = configLeaves(run.config);
    return leaves.has(path)
      ? `${path}=${rawValueText(leaves.get(path))}`
      : undefined;
  }
  if (kind === "seed") {
    return run.seed === undefined ? undefined : `seed=${run.seed}`;
  }
  if (kind === "environment") {
    const field = fieldsOf(run)[what];
    return field === undefined ? undefined : `${what}=${String(field)}`;
  }
  const type = kind === "randomness" ? "runtime" : "static";
  const print = run.fingerprints.find((one) =>
    one.traceId === traceId && one.type === type
  );
  if (print === undefined) return undefined;
  const hash = brief(print.deep?.hash ?? print.hash, 4);
  return `${kind === "code" ? traceId ?? what : what}@${hash}`;
}

function unknownOf(a: Run, b: Run, { code }: Differences): string[] {
  const unknown: string[] = [];
  if (code.length === 0) {
    unknown.push("no code was traced: trace functions with scope.trace");
  }
  for (const { traceId, status, reasons } of code) {
    if (status !== "unknown") continue;
    unknown.push(
      `the code of ${traceId}: ${reasons.a ?? reasons.b ?? ""}`,
    );
  }
  const blind = new Set(
    code.flatMap(({ blindSpots }) => [...blindSpots.a, ...blindSpots.b])
      // What is said of a version is a sentence of its own.
      .map(({ kind, what }) => kind === "version" ? what : `${kind} ${what}`),
  );
  if (blind.size > 0) {
    unknown.push(`not seen in the code: ${[...blind].slice(0, 4).join(", ")}`);
  }
  if (!hasOutputs(a) || !hasOutputs(b)) {
    unknown.push(
      "no outputs were traced in one of them: use scope.runtimeTrace",
    );
  }
  return unknown;
}

function hasOutputs(run: Run): boolean {
  return run.fingerprints.some(({ type }) => type === "runtime");
}

/**
 * The run that would tell most: is the first repeatable, or what does the suspect alone do?
 *
 * @param noise The noise, where one of the two runs was repeated.
 */
function nextRun(
  a: Run,
  b: Run,
  suspects: readonly Suspect[],
  noise: Noise | undefined,
): Explanation["next"] {
  const [first] = suspects;
  if (first === undefined) return undefined;
  if (noise === undefined || first.kind === "randomness") {
    return {
      command: repeatCommand(a),
      why: `once more: is ${a.id} repeatable at all?`,
    };
  }
  const [swap] = suspects.length > 1 ? wordsOf(b, suspects) : [];
  if (swap !== undefined) {
    return {
      command: repeatCommand(a, swap.word),
      why: `${a.id} with nothing but ${swap.path} of ${b.id}`,
    };
  }
  return {
    command: repeatCommand(b),
    why: `once more: is ${b.id} repeatable at all?`,
  };
}

/** What sets a suspect as a run had it; a key that it had not cannot be taken away by a word. */
function wordsOf(
  run: Run,
  suspects: readonly Suspect[],
): { path: string; word: string }[] {
  const leaves = configLeaves(run.config);
  return suspects.flatMap(({ path }) => {
    if (path === undefined || !leaves.has(path)) return [];
    const word = assignment(path, leaves.get(path));
    return word === undefined ? [] : [{ path, word }];
  });
}

/** A value of a metric, with its group. */
export function groupText({ what, count, mean, deviation }: Group): string {
  const spread = deviation === undefined ? "" : ` +- ${short(deviation)}`;
  return `${what} n=${count} ${short(mean)}${spread}`;
}

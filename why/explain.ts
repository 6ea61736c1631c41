/** The whole answer of `ato why`, as data. */
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

/** Why two runs gave different results. */
export interface Explanation {
  /** The id of the first run. */
  readonly a: number;
  /** The id of the second run. */
  readonly b: number;
  /** The metric that the answer is about, if both runs have one. */
  readonly metric?: {
    readonly name: string;
    readonly a: number;
    readonly b: number;
    /** The difference in standard deviations of replicates, if there are any. */
    readonly sigmas?: number;
  };
  /** How much replicates differ by chance, if a run was repeated. */
  readonly noise?: Noise;
  /** The answer in one or two sentences, not escaped. */
  readonly verdict: string;
  /** Whether there is evidence of a change in the result: something differs by more than the noise. */
  readonly isEvidence: boolean;
  /** What may explain the difference, likeliest first. */
  readonly suspects: readonly Suspect[];
  /** Everything that differs. */
  readonly differences: Differences;
  /** The runs of the project, grouped by what the first suspect was in them. */
  readonly evidence: readonly Group[];
  /** What the runs did not record, one phrase each. */
  readonly unknown: readonly string[];
  /** The run that would decide, as a command, with the reason. */
  readonly next?: { readonly command: string; readonly why: string };
}

/** A smaller difference, in standard deviations, is no evidence of a change. */
const SIGMAS = 2;

/**
 * Explains why two runs differ, with the other runs of their project as evidence.
 *
 * @param a The first run.
 * @param b The second run.
 * @param runs The runs of the project.
 * @param wanted The metric that the answer is about. @default {a metric that both runs have}
 * @returns the answer.
 */
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
    // The difference of two runs has the square root of 2 times the deviation of one.
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
 * Says how far the first suspect is proven: it is the cause if a run that differs in nothing else moved the
 * metric beyond the noise; otherwise the two are only associated.
 */
async function causation(
  suspects: readonly Suspect[],
  { a, b, runs, key, noise, isRepeated }: {
    readonly a: Run;
    readonly b: Run;
    readonly runs: readonly Run[];
    readonly key: string | undefined;
    readonly noise: Noise | undefined;
    /** Whether one of the two runs was repeated. */
    readonly isRepeated: boolean;
  },
): Promise<string> {
  const name = suspects[0] && factorNameOf(suspects[0]);
  if (name === undefined || key === undefined || noise === undefined) {
    return "";
  }
  // Replicates of other code say nothing about the noise of this code.
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
    : " Associated, not proven: no run differs in that alone.";
}

/** Returns the name of a suspect's factor, if a run can differ in it alone. */
function factorNameOf({ kind, traceId, path }: Suspect): string | undefined {
  if (path !== undefined) return `config ${path}`;
  return kind === "code" && traceId !== undefined
    ? `code ${traceId}`
    : undefined;
}

/** An association above the first makes a suspect the first; one below the second makes it the last. */
const STRONG = 4;
const WEAK = 2;

/** Sorts suspects: first those associated with the result in the other runs, last those that are not. */
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

/** Chooses a metric that both runs have: preferably one to maximise, then one to minimise, then any. */
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
      // The text about a version is complete.
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
 * Chooses the run that would tell most: a repetition, or one in which only the suspect changes.
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
      why: `again: is run ${a.id} repeatable at all?`,
    };
  }
  const [swap] = suspects.length > 1 ? wordsOf(b, suspects) : [];
  if (swap !== undefined) {
    return {
      command: repeatCommand(a, swap.word),
      why: `run ${a.id} with only ${swap.path} of run ${b.id}`,
    };
  }
  return {
    command: repeatCommand(b),
    why: `again: is run ${b.id} repeatable at all?`,
  };
}

/** The words that set suspects as in a run; no word can remove a key that the run does not have. */
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

/**
 * Writes a group in one phrase.
 *
 * @param group The group.
 * @returns the phrase, not escaped, e.g. `lr=0.1 n=4 0.91 +- 0.02`.
 */
export function groupText({ what, count, mean, deviation }: Group): string {
  const spread = deviation === undefined ? "" : ` +- ${short(deviation)}`;
  return `${what} n=${count} ${short(mean)}${spread}`;
}

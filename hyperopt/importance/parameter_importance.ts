import { describe } from "../_describe.ts";
import { SearchUsageError } from "../errors.ts";
import { createRandom, type Random } from "../random.ts";
import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import { type Axis, axisOf } from "../samplers/_axis.ts";
import type { Point, Space } from "../spaces/space.ts";
import { spaceOf } from "../spaces/_space_of.ts";
import {
  type ImportanceTrial,
  type LeftOutTrials,
  type Measured,
  selectTrials,
} from "./_measured.ts";
import { importanceNotes } from "./_notes.ts";
import { growTree, type Table } from "./_tree.ts";
import { TreeVariance } from "./_variance.ts";

export type { ImportanceTrial, LeftOutTrials } from "./_measured.ts";

/** Options for {@linkcode parameterImportance}. */
export interface ImportanceOptions {
  /** The name of the metric. */
  readonly metric: string;
  /**
   * The fidelity at which trials are compared.
   *
   * @default {the greatest one with at least `leastTrials` trials, or else the one with most trials}
   */
  readonly fidelity?: number;
  /**
   * With fewer trials the importance is unknown.
   *
   * @default {20, or three for each parameter if that is more}
   */
  readonly leastTrials?: number;
  /**
   * The number of the most important parameters of which each pair is judged, too.
   *
   * @default {0}
   */
  readonly pairs?: number;
  /**
   * The number of trees.
   *
   * @default {64}
   */
  readonly trees?: number;
  /**
   * The seed of the forest.
   *
   * @default {0}
   */
  readonly seed?: number | string;
}

/** A share of the variance. */
export interface VarianceShare {
  /** The mean over the trees, from 0 to 1. */
  readonly share: number;
  /** The standard deviation over the trees. */
  readonly spread: number;
}

/** The importance of a parameter. */
export interface ParameterShare extends VarianceShare {
  /** The key path of the parameter. */
  readonly path: string;
  /** The number of trials that have the parameter; fewer than all if it is conditional. */
  readonly trials: number;
  /** The values of earlier categories with which it exists, e.g. `optimizer.name=sgd`; none if it always does. */
  readonly when?: string;
}

/** The importance of a pair: what its two parameters explain together, beyond what each explains alone. */
export interface PairShare extends VarianceShare {
  /** The key paths of the two parameters. */
  readonly paths: readonly [string, string];
}

/** What an importance was made from. */
export interface ImportanceFacts {
  /** The method. */
  readonly method: "fANOVA";
  /** The name of the metric. */
  readonly metric: string;
  /** The fidelity of the trials; none if no trial was measured. */
  readonly fidelity?: number;
  /** The number of trials. */
  readonly trials: number;
  /** The trials that were left out. */
  readonly leftOut: LeftOutTrials;
  /** The number of trees. */
  readonly trees: number;
  /**
   * How well the forest predicts trials that it was not grown from: 1 is exact, 0 is no better than the mean.
   * There is none if no forest was grown.
   */
  readonly rSquared?: number;
  /** What a reader of the shares should know, a sentence each. */
  readonly notes: readonly string[];
}

/** The importance of the parameters, or why it is unknown. */
export type Importance =
  | ImportanceFacts & {
    /** It is known. */
    readonly kind: "known";
    /** The parameters, the most important first. */
    readonly parameters: readonly ParameterShare[];
    /** The pairs, the most important first. */
    readonly pairs: readonly PairShare[];
    /** The share that neither a parameter nor a pair explains: what takes more of them together. */
    readonly rest: number;
  }
  | ImportanceFacts & {
    /** It is not known. */
    readonly kind: "unknown";
    /** The reason, a sentence. */
    readonly reason: string;
  };

/** The least R² with which a list is given; few trials of pure noise can have a higher one by chance. */
function leastRSquared(trials: number): number {
  return Math.max(0.3, 15 / trials);
}

/** More rows make the trees slower, not better. */
const MOST_DRAWS = 2000;

/**
 * Estimates how much of the variance of a metric each parameter explains, by fANOVA: a random forest learns the
 * metric from the trials, and the variance of each tree is divided exactly among the parameters. The variance is
 * over the whole space, as the random sampler draws from it: a logarithmic parameter counts by its logarithm.
 *
 * A parameter that a trial does not have can take any value there without changing the metric; the trees are
 * grown with random ones. The share of a conditional parameter is thus one of the whole space, too.
 *
 * Source: F. Hutter, H. Hoos and K. Leyton-Brown, An Efficient Approach for Assessing Hyperparameter Importance,
 * ICML (2014).
 *
 * @param trials The trials, e.g. of `study.trials()` or {@linkcode readStudy}; their order does not matter.
 * @param space The space of the study, or its dimensions alone.
 * @param options The metric, and how the forest is grown.
 * @returns the importance; it is unknown if there are too few trials, or if the forest predicts the metric badly.
 * @throws {SearchUsageError} If an option is unknown or out of range.
 *
 * @example
 * ```ts
 * import { createRandom, defineSpace, float, parameterImportance } from "@ato/ato/hyperopt";
 * import { assert } from "@std/assert";
 *
 * const space = defineSpace({ lr: float(1e-4, 1, { log: true }), momentum: float(0, 1) });
 * const random = createRandom(0);
 * const trials = Array.from({ length: 100 }, (_, trial) => {
 *   const config = { lr: 10 ** (4 * random.next() - 4), momentum: random.next() };
 *   const loss = (Math.log10(config.lr) + 2) ** 2;
 *   return { trial, config, results: [{ rung: 0, fidelity: 1, metrics: { loss } }] };
 * });
 * const importance = parameterImportance(trials, space, { metric: "loss" });
 * assert(importance.kind === "known");
 * assert(importance.parameters[0]?.path === "lr" && importance.parameters[0].share > 0.9);
 * ```
 */
export function parameterImportance(
  trials: readonly ImportanceTrial[],
  space: Pick<Space<unknown>, "dimensions">,
  options: ImportanceOptions,
): Importance {
  checkCall(trials, space, options);
  const { metric, trees = 64, seed = 0, pairs = 0 } = options;
  const { dimensions } = space;
  const least = options.leastTrials ?? Math.max(20, 3 * dimensions.length);
  const whole = spaceOf<unknown>(dimensions);
  const { fidelity, measured, leftOut } = selectTrials(trials, whole, {
    metric,
    fidelity: options.fidelity,
    least,
  });
  const facts: ImportanceFacts = {
    method: "fANOVA",
    metric,
    ...(fidelity !== undefined && { fidelity }),
    trials: measured.length,
    leftOut,
    trees,
    notes: importanceNotes({ metric, fidelity, measured, leftOut }),
  };
  const unknown = (reason: string, more: Partial<ImportanceFacts> = {}) => ({
    ...facts,
    ...more,
    kind: "unknown" as const,
    reason,
  });
  const missing = missingFor(measured, { metric, fidelity, least });
  if (missing !== undefined) return unknown(missing);
  const forest = new Forest(measured, space, { trees, seed });
  const { rSquared } = forest;
  const needed = leastRSquared(measured.length);
  if (!(rSquared >= needed)) {
    return unknown(
      `The forest does not predict ${metric} from the parameters well enough (R² is ${
        rSquared.toFixed(2)
      } on trials that it was not grown from, and ${
        needed.toFixed(2)
      } is needed with ${measured.length} trials), so nothing can be said about their importance; ` +
        "more trials can help, unless chance decides",
      { rSquared },
    );
  }
  const parameters = dimensions.map((_, index) => ({
    ...parameterOf(measured, space, index),
    ...forest.share((tree) => tree.ofOne(index)),
    index,
  })).sort((a, b) => b.share - a.share || a.index - b.index);
  const strongest = parameters.slice(0, pairs).map(({ index }) => index);
  const found = strongest.flatMap((one, at) =>
    strongest.slice(at + 1).map((other): PairShare => ({
      paths: [dimensions[one]!.path, dimensions[other]!.path],
      ...forest.share((tree) => tree.ofPair(one, other)),
    }))
  ).sort((a, b) => b.share - a.share);
  const explained = [...parameters, ...found]
    .reduce((sum, { share }) => sum + share, 0);
  return {
    ...facts,
    kind: "known",
    rSquared,
    parameters: parameters.map(({ index: _, ...parameter }) => parameter),
    pairs: found,
    rest: Math.max(0, 1 - explained),
  };
}

function checkCall(
  trials: unknown,
  space: unknown,
  options: ImportanceOptions,
): void {
  const action = "judge parameters";
  checkMethods(action, "space", space, {
    ...SPACE,
    methods: ["dimensions"],
  });
  checkSettings<ImportanceOptions>(action, options ?? null, {
    metric: true,
    fidelity: true,
    leastTrials: true,
    pairs: true,
    trees: true,
    seed: true,
  });
  const refuse = (setting: string, value: unknown, give: string): never => {
    throw new SearchUsageError(
      setting,
      `Cannot ${action}: ${setting} is ${describe(value)}; give ${give}`,
    );
  };
  if (!Array.isArray(trials)) refuse("trials", trials, "an array of trials");
  const { metric, fidelity } = options;
  if (typeof metric !== "string") refuse("metric", metric, "its name");
  if (fidelity !== undefined && !Number.isFinite(fidelity)) {
    refuse("fidelity", fidelity, "a finite number");
  }
  for (
    const [name, low] of [["leastTrials", 2], ["trees", 2], [
      "pairs",
      0,
    ]] as const
  ) {
    const value = options[name];
    if (value === undefined || Number.isSafeInteger(value) && value >= low) {
      continue;
    }
    refuse(name, value, `a whole number of at least ${low}`);
  }
}

/** Returns why no forest can be grown. */
function missingFor(
  measured: readonly Measured[],
  { metric, fidelity, least }: {
    readonly metric: string;
    readonly fidelity: number | undefined;
    readonly least: number;
  },
): string | undefined {
  const count = measured.length;
  if (fidelity === undefined || count === 0) {
    return `No trial has a finite ${metric}${
      fidelity === undefined ? "" : ` at fidelity ${fidelity}`
    }, so nothing can be said about the importance of the parameters`;
  }
  if (count < least) {
    return `Only ${count} ${
      count === 1 ? "trial has" : "trials have"
    } a ${metric} at fidelity ${fidelity}, and ${least} are needed to say how important the parameters are`;
  }
  if (measured.every(({ value }) => value === measured[0]!.value)) {
    return `All ${count} trials have the same ${metric}, so there is no variance to explain`;
  }
  return undefined;
}

function parameterOf(
  measured: readonly Measured[],
  { dimensions }: Pick<Space<unknown>, "dimensions">,
  index: number,
): Omit<ParameterShare, "share" | "spread"> {
  const { path, when } = dimensions[index]!;
  const trials = measured.filter(({ point }) => point[index] !== undefined);
  if (when === undefined) return { path, trials: trials.length };
  const decider = dimensions[when.dimension]!;
  const names = when.positions.map((at) => String(decider.choices[at]));
  return {
    path,
    trials: trials.length,
    when: `${decider.path}=${names.join("|")}`,
  };
}

/** A random forest over the whole space. */
class Forest {
  /** R² on the rows that a tree was not grown from, each by the mean of the trees that did not have it. */
  readonly rSquared: number;
  readonly #trees: readonly TreeVariance[];

  constructor(
    measured: readonly Measured[],
    { dimensions }: Pick<Space<unknown>, "dimensions">,
    { trees, seed }: { readonly trees: number; readonly seed: number | string },
  ) {
    const axes = dimensions.map(axisOf);
    const random = createRandom(seed);
    const targets = standardised(measured.map(({ value }) => value));
    const sums = new Float64Array(measured.length);
    const counts = new Float64Array(measured.length);
    const points = measured.map(({ point }) => point);
    this.#trees = Array.from({ length: trees }, (_, index) => {
      const own = random.fork(index);
      const table: Table = {
        columns: axes.map((axis, at) => columnOf(points, axis, at, own)),
        choices: axes.map(({ choices }) => choices),
        targets,
      };
      const leaves = growTree(table, {
        draws: Math.min(measured.length, MOST_DRAWS),
        random: own,
        onOut: (row, value) => {
          sums[row] = sums[row]! + value;
          counts[row] = counts[row]! + 1;
        },
      });
      return new TreeVariance(leaves);
    }).filter(({ total }) => total > 0);
    this.rSquared = explainedShare(targets, sums, counts);
  }

  /** Returns the share of the variance over the trees. */
  share(varianceOf: (tree: TreeVariance) => number): VarianceShare {
    const shares = this.#trees.map((tree) => varianceOf(tree) / tree.total);
    const share = meanOf(shares);
    const spread = Math.sqrt(meanOf(shares.map((one) => (one - share) ** 2)));
    return { share, spread };
  }
}

/** Returns the positions of a dimension; a random one where the dimension does not exist. */
function columnOf(
  points: readonly Point[],
  axis: Axis,
  index: number,
  random: Random,
): Float64Array {
  return Float64Array.from(points, (point) => {
    const value = point[index] ?? axis.fromUnit(random.next());
    return axis.choices > 0 ? value : axis.toUnit(value);
  });
}

/** Returns values with mean 0 and variance 1, so that huge and tiny metrics are computed alike. */
function standardised(values: readonly number[]): Float64Array {
  const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const scaled = values.map((value) => value / most);
  const mean = meanOf(scaled);
  const deviation = Math.sqrt(meanOf(scaled.map((one) => (one - mean) ** 2)));
  return Float64Array.from(scaled, (one) => (one - mean) / deviation);
}

function explainedShare(
  targets: Float64Array,
  sums: Float64Array,
  counts: Float64Array,
): number {
  const rows = [...targets.keys()].filter((row) => counts[row]! > 0);
  const mean = meanOf(rows.map((row) => targets[row]!));
  let error = 0;
  let variance = 0;
  for (const row of rows) {
    error += (targets[row]! - sums[row]! / counts[row]!) ** 2;
    variance += (targets[row]! - mean) ** 2;
  }
  return 1 - error / variance;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The oracle: it knows what was planted and what the record can hold, and says which verdicts are right.
 *
 * @module
 */
import { DIMENSION_OF, kindOfFactor } from "../../internal/run_factors.ts";
import {
  type Cause,
  neutralInput,
  type Planted,
  type SeedMode,
} from "./types.ts";
import type { SuspectSaid, Verdict } from "./verdict.ts";
import { falsehoods } from "./falsehoods.ts";

/** The grade of a verdict, as the specification of `why` defines them. */
export type Grade = "right" | "honest" | "misleading" | "wrong";

/** What the suite knows of the runs beyond what was planted. */
export interface Truth {
  /** The cause. */
  readonly cause: Cause;
  /** How the seeds varied. */
  readonly seeds: SeedMode;
  /** The number of base runs. */
  readonly n: number;
  /** The ids of A and B. */
  readonly a: number;
  /** The id of run B. */
  readonly b: number;
  /** Whether the seeds of A and B differ. */
  readonly seedDiffers: boolean;
  /** The last finite value of each metric in the base runs, A first. */
  readonly base: ReadonlyMap<string, readonly number[]>;
  /** The same in run B. */
  readonly last: ReadonlyMap<string, number>;
  /** Whether the curves of A and B are equal at every point. */
  readonly sameCurves: boolean;
  /** The ids of all runs of the project. */
  readonly runs: readonly number[];
}

/** A grade with its reason. */
export interface Judgement {
  /** The grade. */
  readonly grade: Grade;
  /** Why, empty for a right verdict. */
  readonly why: string;
  /** Whether something was convicted that has no effect. */
  readonly isFalseConviction?: boolean;
}

/** What the record of a run under `ato run` holds. */
const RECORDS: Readonly<Record<Planted["needs"], boolean>> = {
  record: true,
  inputs: true,
  shell: false,
  "nothing can": false,
};

/** Whether the record of the runs of a cause holds a factor; a program that is not observed records no inputs. */
function isRecorded({ base }: Cause, { needs }: Planted): boolean {
  return RECORDS[needs] && !(needs === "inputs" && base?.plain === true);
}

/** What differs between run A and run B: what was planted, and the variable by which a program is held to be killed. */
export function plantedIn({ planted, b }: Cause): readonly Planted[] {
  return b.kill === undefined
    ? planted
    : [...planted, neutralInput("env:HOLD_AT")];
}

/** Metrics of time, which never count. */
export const TIMINGS: RegExp = /second|tempo/;

/** Whether a factor is a seed: run's own, or a leaf of the config that is one. */
export function isSeed(id: string): boolean {
  return id === "seed" ||
    /^config:(.*\.)?(seed|randomSeed|random_state|rng_seed)$/.test(id);
}

const right: Judgement = { grade: "right", why: "" };
const because = (grade: Grade, why: string): Judgement => ({ grade, why });

/**
 * Grades a verdict.
 *
 * @param truth What is known of the runs.
 * @param verdict What `ato why` said.
 * @returns the grade with its reason.
 */
export function judge(truth: Truth, verdict: Verdict): Judgement {
  const lies = falsehoods(truth, verdict);
  if (lies.length > 0) return because("wrong", lies.join("; "));
  const named = strangers(truth, verdict);
  if (named.length > 0) {
    return because("wrong", `names ${named.join(", ")}, which did not differ`);
  }
  const coarse = coarseNames(truth, verdict);
  if (coarse.length > 0) {
    return because(
      "misleading",
      `names ${coarse.join(", ")} and no declaration`,
    );
  }
  if (truth.cause.stops) return judgeStopped(verdict);
  if (verdict.outcome === "stopped-early") {
    return because("wrong", "no run stopped early");
  }
  const spread = spreadFor(truth, verdict);
  if (spread === "same" && truth.sameCurves) return judgeSame(truth, verdict);
  return judgeDifferent(truth, verdict, spread);
}

function judgeStopped({ outcome, suspects }: Verdict): Judgement {
  if (outcome === "stopped-early") return right;
  return outcome === "explained" && suspects.length > 0
    ? because("wrong", "run B was stopped, and something is blamed")
    : because("misleading", `run B was stopped, and the outcome is ${outcome}`);
}

function judgeSame(
  { n }: Truth,
  { outcome, metric }: Verdict,
): Judgement {
  if (outcome === "identical") return right;
  // That a metric is a timing shows by its name, or by repeats.
  if (outcome === "unexplained" && n < 2 && metric?.key === "tempo") {
    return because("honest", "no repeats show that it is a timing");
  }
  return outcome === "explained"
    ? because("wrong", "the results are the same, and something is blamed")
    : because("misleading", `the results are the same: ${outcome}`);
}

function judgeDifferent(
  truth: Truth,
  verdict: Verdict,
  spread: Spread,
): Judgement {
  const { causes, recorded, hidden } = factorsOf(truth);
  if (verdict.outcome === "identical") {
    return because("wrong", "the results differ");
  }
  if (verdict.outcome === "within-noise") {
    return judgeWithinNoise(truth, verdict, spread);
  }
  if (causes.length > 0) return judgeCause(truth, verdict, spread);
  if (hidden.length > 0) return judgeHidden(truth, verdict, spread);
  return judgeNothing(truth, verdict, { spread, recorded });
}

/** Within the noise may be said only on a full record, and never of an effect that was detectable. */
function judgeWithinNoise(
  truth: Truth,
  verdict: Verdict,
  spread: Spread,
): Judgement {
  const gaps = Object.entries(verdict.coverage)
    .filter(([, { level }]) => level !== "full").map(([name]) => name);
  if (gaps.length > 0) {
    return because("misleading", `within noise, but ${gaps} is not full`);
  }
  const { causes, hidden } = factorsOf(truth);
  // Without a cause it is chance, however far out it lies.
  if (spread === "outside" && causes.length + hidden.length > 0) {
    return because("wrong", "the difference is beyond the noise");
  }
  const repeats = repeatsIn(truth);
  return repeats < 4
    ? because("wrong", `within noise, with ${repeats} repeats`)
    : right;
}

/** The number of runs of the setting of run A. */
function repeatsIn({ n, cause }: Truth): number {
  const others = cause.others ?? [];
  return n +
    others.filter((one) => Object.keys(one).every((key) => key === "seed"))
      .length;
}

/** A cause with an effect is in the record. */
function judgeCause(
  truth: Truth,
  verdict: Verdict,
  spread: Spread,
): Judgement {
  const { causes, recorded } = factorsOf(truth);
  const [first] = verdict.suspects;
  const undecided = spread === "inside" || spread === "between";
  if (verdict.outcome !== "explained") {
    return undecided && verdict.outcome === "unknown"
      ? because("honest", "the repeats cannot tell")
      : because("misleading", `${verdict.outcome}, but the record has it`);
  }
  if (spread === "inside") {
    return because("misleading", "run B lies among its repeats");
  }
  if (first === undefined) return because("misleading", "nothing is named");
  const group = groupOf(first);
  if (!causes.some((one) => isNamed(one, [first.id]))) {
    if (!group.some((id) => causes.some((one) => isNamed(one, [id])))) {
      return because("wrong", `blames ${group.join(", ")}`);
    }
    if (recorded.length < 2 || truth.cause.separated) {
      return because("misleading", `${first.id} comes first`);
    }
  }
  return judgeGroup(truth, { group, first, spread, verdict });
}

/** The group must be the smallest that the record cannot split. */
function judgeGroup(
  truth: Truth,
  { group, first, spread, verdict }: {
    group: readonly string[];
    first: SuspectSaid;
    spread: Spread;
    verdict: Verdict;
  },
): Judgement {
  const { causes, recorded } = factorsOf(truth);
  const expected = truth.cause.separated ? causes : recorded;
  // Causes that were separated may be named one by one.
  const named = truth.cause.separated
    ? [...group, ...verdict.suspects.map(({ id }) => id)]
    : group;
  const missing = expected.filter((one) => !isNamed(one, named));
  if (missing.length > 0) {
    return because(
      "misleading",
      `leaves out ${
        missing.map(({ ids }) => ids[0])
      }, which ${first.id} cannot be told from`,
    );
  }
  // The runs that separate have the seed of run B: without the noise of seeds, the way from run A to them is open.
  const isOpen = truth.seedDiffers && spread !== "outside" && spread !== "same";
  const may = isOpen ? recorded : expected;
  const more = group.filter((id) =>
    !isSeed(id) && !may.some((one) => isNamed(one, [id]))
  );
  if (more.length > 0) return because("misleading", `adds ${more.join(", ")}`);
  if (
    truth.seedDiffers && spread !== "outside" && !DOUBT.test(verdict.sentence)
  ) {
    return because("wrong", "the seeds differ, and the sentence has no doubt");
  }
  return right;
}

/** The cause is not in the record. */
function judgeHidden(
  truth: Truth,
  verdict: Verdict,
  spread: Spread,
): Judgement {
  const { recorded } = factorsOf(truth);
  const doubts = DOUBT.test(verdict.sentence);
  switch (verdict.outcome) {
    case "unexplained":
    case "unknown":
      return admits(truth, verdict)
        ? because("honest", "the record does not hold the cause")
        : because("misleading", "does not say what is not recorded");
    case "explained": {
      const bySeed = isSeed(verdict.suspects[0]?.id ?? "");
      if (bySeed && truth.seedDiffers && doubts) {
        return spread !== "outside" || UNUSUAL.test(verdict.sentence)
          ? because("honest", "only the seed is known to differ")
          : because("misleading", "the seed alone does not do as much");
      }
      if (!bySeed && recorded.length > 0 && doubts) {
        return because("honest", "names what differs, with its doubt");
      }
      return because("wrong", "the cause is not in the record");
    }
  }
  return because("misleading", `the outcome is ${verdict.outcome}`);
}

/** Nothing that differs has an effect: chance alone, of the seed or of no seed. */
function judgeNothing(
  truth: Truth,
  verdict: Verdict,
  { spread, recorded }: { spread: Spread; recorded: readonly Planted[] },
): Judgement {
  const [first] = verdict.suspects;
  const honest = because("honest", "chance cannot be told from a cause");
  switch (verdict.outcome) {
    case "unknown":
      return honest;
    case "unexplained":
      return recorded.length > 0 || truth.seedDiffers
        ? because("misleading", "something recorded differs")
        : right;
    case "explained":
      if (isSeed(first?.id ?? "") && truth.seedDiffers) return right;
      if (recorded.length > 0 && DOUBT.test(verdict.sentence)) {
        return spread === "inside"
          ? {
            ...because("misleading", "run B lies among its repeats"),
            isFalseConviction: true,
          }
          : { ...honest, isFalseConviction: spread === "outside" };
      }
      return {
        ...because("wrong", `blames ${first?.id}, which has no effect`),
        isFalseConviction: true,
      };
  }
  return because("misleading", `the outcome is ${verdict.outcome}`);
}

/** Words by which a sentence says that seeds do not differ as much. */
const UNUSUAL = /unusual|beyond the noise/;

/** Words by which a sentence says that it may be otherwise. */
export const DOUBT: RegExp =
  /chance|or the seed|no repeats|too few|cannot|not recorded|not known|unknown|may be|as far as|could be|recorded in part/i;

/** Whether the verdict says that the dimension of what is hidden was not recorded. */
function admits(truth: Truth, verdict: Verdict): boolean {
  const { hidden } = factorsOf(truth);
  return hidden.every(({ ids }) => {
    const dimension = DIMENSION_OF[kindOfFactor(ids[0]!)];
    const said = verdict.coverage[dimension];
    const words = [...verdict.unknown, verdict.sentence].join(" ");
    const isCovered = said !== undefined && said.level !== "full" &&
      said.missing.length > 0;
    return isCovered ||
      new RegExp(WORDS_OF[dimension] ?? dimension, "i").test(words);
  });
}

const WORDS_OF: Readonly<Record<string, string>> = {
  inputs: "input|file|variable|data",
  code: "code|module",
};

/** The suspects that did not differ between the runs. */
function strangers(truth: Truth, verdict: Verdict): string[] {
  const planted = plantedIn(truth.cause);
  return verdict.suspects.flatMap(groupOf).filter((id) =>
    !(isSeed(id) && truth.seedDiffers) &&
    !planted.some((one) => isNamed(one, [id]) || isCoarse(one, id))
  );
}

/** The suspects that name the right file, and not the declaration. */
function coarseNames({ cause }: Truth, verdict: Verdict): string[] {
  return verdict.suspects.flatMap(groupOf).filter((id) =>
    !plantedIn(cause).some((one) => isNamed(one, [id])) &&
    plantedIn(cause).some((one) => isCoarse(one, id))
  );
}

function isCoarse({ ids }: Planted, named: string): boolean {
  return !named.includes("#") &&
    ids.some((id) => id.includes("#") && id.split("#")[0] === named);
}

/** A suspect and what cannot be told from it. */
export function groupOf({ id, group = [] }: SuspectSaid): string[] {
  return [...new Set([id, ...group])];
}

/** Whether one of the names is that of the factor. */
export function isNamed({ ids }: Planted, named: readonly string[]): boolean {
  return ids.some((id) => named.includes(id));
}

/** The factors that differ: those with an effect that are recorded, all that are recorded, and the hidden causes. */
export function factorsOf({ cause }: Pick<Truth, "cause">): {
  causes: readonly Planted[];
  recorded: readonly Planted[];
  hidden: readonly Planted[];
} {
  const planted = plantedIn(cause);
  const recorded = planted.filter((one) =>
    isRecorded(cause, one) && one.isLabel !== true
  );
  return {
    recorded,
    causes: recorded.filter(({ hasEffect }) => hasEffect),
    hidden: planted.filter((one) => one.hasEffect && !isRecorded(cause, one)),
  };
}

/**
 * Where B lies: `same` as A in every metric, `outside` of its repeats, `inside`, `between` where the two ways
 * of looking (the range, and a test) do not agree, and `alone` if there are no repeats that vary as B may.
 */
export type Spread = "same" | "outside" | "inside" | "between" | "alone";

/** Says where B lies among the base runs, by the metric that tells most. */
export function spreadOf(truth: Truth): Spread {
  const names = [...truth.last.keys()].filter((name) => !TIMINGS.test(name));
  const one = names.map((name) =>
    spreadIn(truth, truth.base.get(name) ?? [], truth.last.get(name)!)
  );
  const order: Spread[] = ["outside", "between", "inside", "alone"];
  return order.find((spread) => one.includes(spread)) ?? "same";
}

/** Where B lies; a metric that the verdict chose may have more noise than the one that tells most. */
function spreadFor(truth: Truth, { metric, outcome }: Verdict): Spread {
  const base = truth.base.get(metric?.key ?? "");
  const last = truth.last.get(metric?.key ?? "");
  const all = spreadOf(truth);
  if (base === undefined || last === undefined || outcome !== "unknown") {
    return all;
  }
  const one = spreadIn(truth, base, last);
  return one === "same" ? all : one;
}

function spreadIn(
  truth: Truth,
  base: readonly number[],
  b: number,
): Spread {
  if (base[0] === undefined || Object.is(base[0], b)) return "same";
  // Where the seeds differ, repeats of one seed say nothing of B; else one seed's repeats are all alike.
  const isSeeded = truth.seedDiffers && truth.seeds === "fixed";
  if (base.length < 2 || isSeeded) return "alone";
  // Noise of seeds needs three of them; a verdict may say so, or look at the two.
  if (truth.seedDiffers && base.length < 3) return "between";
  const isInRange = b >= Math.min(...base) && b <= Math.max(...base);
  const size = Math.abs(b - mean(base)) /
    (deviation(base) * Math.sqrt(1 + 1 / base.length));
  const [least, most] = [T[0]!, T[choices(truth) - 1]!]
    .map((quantiles) => quantiles[base.length - 2]!);
  // A verdict on a metric that it chose is corrected by their number.
  const isBetween = size > least! && size <= most!;
  if (isBetween || isInRange !== size <= least!) return "between";
  return isInRange ? "inside" : "outside";
}

/** The number of metrics among which a verdict chooses: those that vary. */
function choices({ base, last }: Truth): number {
  const varying = [...last].filter(([name, b]) =>
    !TIMINGS.test(name) && base.get(name)?.some((one) => !Object.is(one, b))
  );
  return Math.min(T.length, Math.max(1, varying.length));
}

/** Quantiles of Student's t at 1 - 0.025 / m for m = 1 to 4 and 1 to 9 degrees of freedom. */
const T = [
  [12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262],
  [25.45, 6.205, 4.177, 3.495, 3.163, 2.969, 2.841, 2.752, 2.685],
  [38.19, 7.649, 4.857, 3.961, 3.534, 3.287, 3.128, 3.016, 2.933],
  [50.92, 8.86, 5.392, 4.315, 3.81, 3.521, 3.335, 3.206, 3.111],
];

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, x) => sum + (x - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

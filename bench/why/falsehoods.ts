/**
 * Sentences that are not true, found by code: each rule has the words of a claim and when it would be a lie.
 *
 * @module
 */
import { repeatsRun } from "./next.ts";
import { factorsOf, plantedIn, type Truth } from "./oracle.ts";
import type { Verdict } from "./verdict.ts";

/** A claim, and when it is false. */
interface Rule {
  readonly words: RegExp;
  readonly isFalse: (
    truth: Truth,
    verdict: Verdict,
    match: RegExpExecArray,
  ) => boolean;
  readonly why: string;
}

/** Whether a planted factor of the kinds differs. */
const differs = ({ cause }: Truth, ...kinds: string[]) =>
  plantedIn(cause).some(({ ids }) =>
    kinds.some((kind) => ids[0]!.startsWith(kind))
  );

const isFull = ({ coverage }: Verdict, dimension: string) =>
  coverage[dimension]?.level === "full";

const RULES: readonly Rule[] = [
  {
    words: /same code|code (is|was|are) the same|code did not (change|differ)/i,
    isFalse: (truth, verdict) =>
      differs(truth, "code:", "package:") || !isFull(verdict, "code"),
    why: "says that the code is the same",
  },
  {
    words:
      /config (?:is|was) the same|same config( but for labels)?|config did not (?:change|differ)/i,
    isFalse: (truth, _, match) =>
      truth.cause.planted.some(({ ids, isLabel }) =>
        ids[0]!.startsWith("config:") &&
        !(isLabel && match[1] !== undefined)
      ),
    why: "says that the config is the same",
  },
  {
    words: /same (inputs|data|files)|inputs (are|were) the same/i,
    isFalse: (truth, verdict) =>
      differs(truth, "input:", "env:") || !isFull(verdict, "inputs"),
    why: "says that inputs are the same",
  },
  {
    words: /same seed/i,
    isFalse: (truth) => truth.seedDiffers,
    why: "says that the seeds are the same",
  },
  {
    words: /\bcaused?\b (by|it)/i,
    isFalse: (_, verdict) =>
      ["config", "code", "inputs", "environment"]
        .some((dimension) => !isFull(verdict, dimension)),
    why: 'says "caused by" on a record with gaps',
  },
  {
    words: /no evidence of a (change|difference)/i,
    isFalse: () => true,
    why: 'says "no evidence"',
  },
  {
    words: /nothing (recorded )?differs|no recorded factor differs/i,
    isFalse: (truth) =>
      truth.seedDiffers || factorsOf(truth).recorded.length > 0,
    why: "says that nothing differs",
  },
  {
    words: /(repeats|replicates) (are|were|is) identical/i,
    isFalse: (truth, { metric }) =>
      metric !== undefined &&
      new Set(truth.base.get(metric.key)).size > 1 &&
      truth.cause.others === undefined,
    why: "says that repeats are identical",
  },
  {
    words: /no repeats/i,
    isFalse: (truth) =>
      truth.n >= 3 && (truth.seeds === "varying" || !truth.seedDiffers),
    why: "says that there are no repeats",
  },
  {
    words: /\b(\d+) (?:repeats|replicates)\b/i,
    isFalse: (truth, _, match) => Number(match[1]) > truth.runs.length,
    why: "counts more repeats than there are runs",
  },
  {
    words: /\bruns? (\d+)\b/i,
    isFalse: (truth, _, match) => !truth.runs.includes(Number(match[1])),
    why: "names a run that does not exist",
  },
];

/**
 * Finds what is not true in a verdict.
 *
 * @param truth What is known of the runs.
 * @param verdict The verdict.
 * @returns a phrase for each falsehood.
 */
export function falsehoods(truth: Truth, verdict: Verdict): string[] {
  return [
    ...RULES.filter((rule) => isTold(rule, truth, verdict))
      .map(({ why }) => why),
    ...wrongNumbers(truth, verdict),
    ...wrongCoverage(truth, verdict),
    ...wrongNext(truth, verdict),
  ];
}

/** "The code that was recorded is the same" is not the claim that code is the same. */
const CAREFUL =
  /(code|config|environment|inputs) that (was|were) recorded (is|are) the same|what was recorded of the \w+ (is|are) the same|as far as recorded/gi;

function isTold(rule: Rule, truth: Truth, verdict: Verdict): boolean {
  const text = verdict.sentence.replace(CAREFUL, "");
  const words = new RegExp(rule.words, "gi");
  for (const match of text.matchAll(words)) {
    if (rule.isFalse(truth, verdict, match)) return true;
  }
  return false;
}

/** The values of the metric must be those of the record. */
function wrongNumbers(truth: Truth, { metric, outcome }: Verdict): string[] {
  if (metric === undefined || outcome === "stopped-early") return [];
  const real = [truth.base.get(metric.key)?.[0], truth.last.get(metric.key)];
  if (truth.cause.isReversed) real.reverse();
  const pairs = [[metric.a, real[0]], [metric.b, real[1]]] as const;
  const isOff = pairs.some(([said, real]) =>
    typeof said === "number" && real !== undefined && Number.isFinite(said) &&
    !Object.is(said, real)
  );
  const wrong = isOff ? [`${metric.key} has other values in the record`] : [];
  if (/second/.test(metric.key)) wrong.push("chooses a metric of time");
  return wrong;
}

/** What is hidden from the record must not be said to be fully recorded. */
function wrongCoverage(truth: Truth, { coverage }: Verdict): string[] {
  const hidden = factorsOf(truth).hidden;
  return Object.entries({ inputs: /^(input|env):/, code: /^(code|package):/ })
    .filter(([name, ids]) =>
      coverage[name]?.level === "full" &&
      hidden.some((one) => one.needs !== "nothing can" && ids.test(one.ids[0]!))
    ).map(([name]) => `says that ${name} are fully recorded`);
}

function wrongNext(truth: Truth, { next }: Verdict): string[] {
  if (next?.command === undefined) return [];
  const said = repeatsRun(next.command);
  if ("fault" in said) return [`NEXT: ${said.fault}`];
  return said.run === undefined || truth.runs.includes(said.run)
    ? []
    : [`NEXT names run ${said.run}, which does not exist`];
}

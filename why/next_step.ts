/**
 * What to do next.
 *
 * @module
 */
import { commandText } from "../internal/shell_words.ts";
import type { Case } from "./case/case.ts";
import type { RunFacts } from "./facts.ts";
import { isNewRun, separatingRun, wordsFor } from "./proposed_run.ts";
import { gapsIn } from "./pair_coverage.ts";
import { runsToDetect } from "./stats/mean_tests.ts";
import type { NextStep } from "./verdict_types.ts";
import { counted, factorName, join, number } from "./words.ts";

/** The noise of seeds needs this many. */
const LEAST_SEEDS = 3;
/** So many repeats, the run itself included, show what chance does. */
const ENOUGH = 4;

/**
 * Chooses the step that decides most: repeats while the noise is not known, then a run in which some of the
 * suspects are as in the other run.
 *
 * @param known The comparison.
 * @returns the step; `undefined` if the record decides.
 */
export function nextStep(known: Case): NextStep | undefined {
  const { outcome, findings, judgement, isCaused, metric, pair } = known;
  if (outcome === "identical" || outcome === "within-noise") return undefined;
  if (outcome === "stopped-early") return stoppedStep(known);
  if (metric === undefined || isCaused) return undefined;
  const isSingle = pair.differing.length === 1 && pair.unknown.length === 0;
  if (known.isWay) return wayStep(known);
  if (judgement === undefined) return repeatStep(known);
  if (outcome === "unknown") return powerStep(known) ?? swapStep(known);
  if (outcome === "unexplained") return gapStep(known);
  return isSingle || findings.suspects[0]?.kind === "seed"
    ? gapStep(known)
    : swapStep(known) ?? gapStep(known);
}

/** A run that failed without another cause in sight: does it fail again? */
function stoppedStep(known: Case): NextStep | undefined {
  const { progress, a, b } = known;
  const failed = progress.stopped.find((name) =>
    /^(failed|crashed)$/.test(progress[name].status)
  );
  if (failed === undefined) return undefined;
  const run = failed === "a" ? a : b;
  return step(run, [], `does run ${run.id} stop there again?`);
}

/** Nothing is known of chance yet. */
function repeatStep(known: Case): NextStep | undefined {
  const { pair, samples, a, b } = known;
  if (pair.seeds.length > 0) return seedStep(known);
  const run = samples.a.length < samples.b.length ? b : a;
  const count = ENOUGH - 1;
  return step(
    run,
    ["--runs", String(count)],
    `${count} repeats of run ${run.id} show how much ${known.metric?.key} differs by chance`,
  );
}

/** The seeds differ: other seeds are needed. */
function seedStep(known: Case): NextStep {
  const { pair, a, b, repeats, metric } = known;
  const missing = Math.max(1, LEAST_SEEDS - repeats.a.seeds);
  const why = `${counted(missing, "more seed")} of run ${a.id} ${
    missing === 1 ? "shows" : "show"
  } how much ${metric?.key} differs by the seed`;
  const [id] = pair.seeds;
  // With the seed of the other run, only the other factors differ: that decides at once.
  const words = pair.differing.length === 0 || pair.seeds.length !== 1 ||
      id === undefined
    ? undefined
    : wordsFor(b, [id]);
  if (words === undefined || !isNewRun(known.frame, a, b, pair.seeds)) {
    return { why };
  }
  return step(
    a,
    words,
    `run ${a.id} with the seed of run ${b.id}: then only ${
      join(pair.differing.map(factorName).slice(0, 3))
    }${
      pair.differing.length > 3
        ? " and more differ"
        : pair.differing.length === 1
        ? " differs"
        : " differ"
    }`,
  );
}

/** The ways of repeats are not compared with those of the two runs: one repeat tells whether a way is the same again. */
function wayStep({ repeats, frame, a, b, pair }: Case): NextStep | undefined {
  if (pair.differing.length === 0 && pair.seeds.length > 0) return undefined;
  for (const [run, { runs }] of [[a, repeats.a], [b, repeats.b]] as const) {
    const again = frame.runs.find((one) =>
      one !== a && one !== b && runs.includes(one.id) &&
      frame.seedOf(one) === frame.seedOf(run)
    );
    if (again === undefined) continue;
    return {
      command: commandText(["ato", "why", String(run.id), String(again.id)]),
      why:
        `run ${again.id} is a repeat of run ${run.id}: did it take the same way?`,
    };
  }
  return step(
    a,
    [],
    `does run ${a.id} take the same way again? compare the repeat with it`,
  );
}

/** More repeats than this are nothing to propose. */
const MOST_REPEATS = 20;

/** There are repeats, but too few to tell. */
function powerStep(known: Case): NextStep | undefined {
  const { metric, alpha, practicalDifference, pair } = known;
  if (metric?.notFinite !== undefined) return shareStep(known, metric.key);
  const deviation = deviationOf(known);
  if (metric === undefined || deviation === undefined) return undefined;
  const target = practicalDifference ?? Math.abs(metric.difference);
  const needed = runsToDetect(deviation, target, alpha);
  const { run, own } = fewerRepeats(known);
  const more = (needed ?? Infinity) - own;
  if (more <= 0) return undefined;
  if (needed === undefined || more > MOST_REPEATS) {
    const many = needed === undefined
      ? "more than 1,000 runs"
      : counted(needed, "run");
    return {
      why: `${many} of each setting would be needed to tell a difference of ${
        number(target)
      } from chance; ${
        pair.quality === "full"
          ? "if so small a difference does not matter, say so by experiment.practicalDifference"
          : `no number of repeats shows that it is chance while ${
            join(gapsIn(known.coverage))
          }`
      }`,
    };
  }
  const why = `${counted(needed, "run")} of each setting tell a difference of ${
    number(target)
  } from chance: run ${run.id} has ${own}`;
  return repeated(known, run, more, why);
}

/** One of the two has no finite result: more runs show how often that happens. */
function shareStep(known: Case, key: string): NextStep | undefined {
  const { run, own } = fewerRepeats(known);
  if (own >= ENOUGH) return undefined;
  const why =
    `${ENOUGH} runs of each setting show how often ${key} is not finite: run ${run.id} has ${own}`;
  return repeated(known, run, ENOUGH - own, why);
}

function fewerRepeats({ repeats, a, b }: Case): {
  readonly run: RunFacts;
  readonly own: number;
} {
  const [ofA, ofB] = [repeats.a.runs.length, repeats.b.runs.length];
  return ofA > ofB ? { run: b, own: ofB } : { run: a, own: ofA };
}

function repeated(
  { pair, metric }: Case,
  run: RunFacts,
  count: number,
  why: string,
): NextStep {
  return pair.seeds.length > 0 || metric?.test?.noise === "seed"
    ? { why: `${why}; give the new runs seeds of their own` }
    : step(run, ["--runs", String(count)], why);
}

/** How much one run differs by chance: the root of the mean variance of both groups, as far as they have one. */
function deviationOf({ repeats: { a, b } }: Case): number | undefined {
  const known = [a.deviation, b.deviation].filter((one) => one !== undefined);
  return known.length === 0
    ? undefined
    : Math.hypot(...known) / Math.sqrt(known.length);
}

/** A run in which half of the config values that cannot be told apart are as in the other run. */
function swapStep({ findings, frame, a, b }: Case): NextStep | undefined {
  const ids = findings.suspects.map(({ id }) => id);
  return ids.length < 2 ? undefined : separatingRun(frame, [a, b], ids);
}

/** The runs are as they are, and the record is not complete. */
function gapStep(known: Case): NextStep | undefined {
  const { coverage, pair, judgement, outcome } = known;
  if (coverage.inputs.level !== "full") {
    const which = coverage.inputs.level === "none"
      ? "they were"
      : "some of them were";
    return {
      why:
        `compare the files and variables that the program read in both runs: ${which} not recorded, and may have changed`,
    };
  }
  if (coverage.code.level !== "full") {
    return {
      why: "record the code in full: see what is missing under `unknown`",
    };
  }
  const isShown = judgement?.test.isBeyondNoise === true;
  return outcome === "unexplained" && !isShown && pair.seeds.length === 0
    ? repeatStep(known)
    : undefined;
}

function step(
  run: RunFacts,
  words: readonly string[],
  why: string,
): NextStep {
  if (run.isRepeatable === false) {
    return { why: `${why}; run ${run.id} did not record how it was started` };
  }
  return {
    command: commandText(["ato", "repeat", String(run.id), ...words]),
    why,
  };
}

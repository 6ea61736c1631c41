/**
 * What to do next.
 *
 * @module
 */
import { commandText } from "../internal/shell_words.ts";
import type { Case } from "./case.ts";
import type { RunFacts } from "./facts.ts";
import { isNewRun, wordsFor } from "./proposed_run.ts";
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
  const { metric, repeats, alpha, practicalDifference, a, b, pair } = known;
  const deviation = repeats.a.deviation ?? repeats.b.deviation;
  if (metric === undefined || deviation === undefined) return undefined;
  const target = practicalDifference ?? Math.abs(metric.difference);
  const needed = runsToDetect(deviation, target, alpha);
  const run = repeats.a.runs.length > repeats.b.runs.length ? b : a;
  const own = run === a ? repeats.a.runs.length : repeats.b.runs.length;
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
  return pair.seeds.length > 0 || known.metric?.test?.noise === "seed"
    ? { why: `${why}; give the new runs seeds of their own` }
    : step(run, ["--runs", String(more)], why);
}

/** Half of the config values that cannot be told apart, as in the other run. */
function swapStep(known: Case): NextStep | undefined {
  const { findings, a, b } = known;
  const ids = findings.suspects.filter(({ kind }) => kind === "config")
    .map(({ id }) => id);
  const open = findings.suspects.length;
  if (open < 2 || ids.length === 0) return undefined;
  const half = ids.slice(0, Math.max(1, Math.floor(open / 2)));
  for (const chosen of [half, ...ids.map((id) => [id])]) {
    const words = wordsFor(b, chosen);
    if (words === undefined || !isNewRun(known.frame, a, b, chosen)) continue;
    return step(
      a,
      words,
      `run ${a.id} with only ${join(chosen.map(factorName))} of run ${b.id}`,
    );
  }
  return undefined;
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

/**
 * Factors that name a run and decide nothing.
 *
 * @module
 */
import type { RunFacts } from "./facts.ts";
import { keysOf, parseJson } from "./config_ids.ts";

/** Variables that differ in each process, session or job. */
const VARIABLES =
  /^(_|PWD|OLDPWD|SHLVL|WINDOWID|TMPDIR|TEMP|TMP|INVOCATION_ID|JOURNAL_STREAM|TERM_SESSION_ID|XDG_SESSION_ID|SSH_(CLIENT|CONNECTION|TTY|AUTH_SOCK)|(SLURM|SLURMD|PBS|LSB|SGE|COBALT|FLUX)_\w+|JOB_ID|TASK_ID|ARRAY_ID|WANDB_RUN_(ID|NAME)|MLFLOW_RUN_ID|GITHUB_(RUN_ID|RUN_NUMBER|RUN_ATTEMPT|SHA|ENV|OUTPUT|PATH|STEP_SUMMARY)|CI_(JOB|PIPELINE)_ID|BUILD_(ID|NUMBER)|HOSTNAME)$/;

/** Last keys of config leaves that say where output goes, or what the run is called. */
const KEYS: ReadonlySet<string> = new Set(
  ("out outdir outputdir outputpath outputfolder outfile logdir logpath logfile logfolder savedir savepath " +
    "saveto savefolder resultdir resultsdir rundir runname runid expname expid experimentname experimentid " +
    "jobid jobname taskid tag tags notes note comment description timestamp starttime startedat hostname uuid " +
    "tensorboarddir wandbid wandbname").split(" "),
);

/** Settings that steer Ato alone. */
const OWN =
  /^config:experiment\.(metric|labels|seeds|practicalDifference|name|tags|notes|sql)(\.|$)/;

/** Texts that are new in every run: a date with a time, a UUID. */
const STAMP =
  /\d{4}\D?\d{2}\D?\d{2}\D{0,2}\d{2}\D?\d{2}\D?\d{2}|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/i;

/** Fewer runs do not show that a factor is new in every run. */
const LEAST_RUNS = 5;

/**
 * Finds the labels among factors: those that are listed, those of a written list that most runs do not share, and
 * texts with a time stamp that are new in nearly every run.
 *
 * @param ids The ids of factors that vary.
 * @param runs The runs.
 * @param listed Ids or key paths that are labels.
 * @returns the labels.
 */
export function labelsAmong(
  ids: Iterable<string>,
  runs: readonly RunFacts[],
  listed: ReadonlySet<string>,
): Set<string> {
  return new Set(
    [...ids].filter((id) =>
      listed.has(id) || listed.has(id.replace(/^config:/, "")) ||
      isWritten(id, runs) || isStamped(id, runs)
    ),
  );
}

function isWritten(id: string, runs: readonly RunFacts[]): boolean {
  if (id.startsWith("env:")) return VARIABLES.test(id.slice("env:".length));
  const last = keysOf(id)?.at(-1)?.toLowerCase().replace(/[^a-z0-9]/g, "");
  if (last === undefined) return false;
  if (OWN.test(id)) return true;
  if (!KEYS.has(last) || isStable(id, runs)) return false;
  // `out: 64` is the size of a layer, `out: "runs/64"` a folder.
  return /id$|time|at$/.test(last) || textsOf(id, runs).every(isString);
}

/** A folder that most runs share names none of them. */
function isStable(id: string, runs: readonly RunFacts[]): boolean {
  const texts = textsOf(id, runs);
  return texts.length >= LEAST_RUNS && new Set(texts).size <= texts.length / 2;
}

function textsOf(id: string, runs: readonly RunFacts[]): string[] {
  return runs.flatMap(({ factors }) => factors.get(id) ?? []);
}

function isString(text: string): boolean {
  return typeof parseJson(text) === "string";
}

function isStamped(id: string, runs: readonly RunFacts[]): boolean {
  if (!id.startsWith("config:")) return false;
  // Most factors are told by the first run that has them.
  const one = runs.find(({ factors }) => factors.has(id))?.factors.get(id);
  if (one === undefined || !STAMP.test(one) || !isString(one)) return false;
  const texts = textsOf(id, runs);
  return texts.length >= LEAST_RUNS &&
    new Set(texts).size >= 0.9 * texts.length &&
    texts.every((text) => STAMP.test(text) && isString(text));
}

/** A search in the form in which the page shows it. */
import { rankTrials } from "../../hyperopt/mod.ts";
import { isSame, valueAt } from "../../internal/config_data.ts";
import { leafText } from "../../internal/json_text.ts";
import { splitPath } from "../../internal/key_path.ts";
import type { StudyLine, StudyReply, TrialRow } from "../search_types.ts";
import { figure } from "./reply.ts";
import type { Studies, Study } from "./studies.ts";

/** Returns what the list of searches shows. */
export function lineOf(study: Study): StudyLine {
  const { id, state, copyOf, metric, objectives, best, front } = study;
  const isSeveral = Object.keys(objectives).length > 1;
  const value = best?.metrics[metric];
  return {
    id,
    state,
    trials: study.trials.length,
    ...(copyOf !== undefined && { copyOf }),
    objectives: Object.entries(objectives).map(([name, mode]) => ({
      name,
      mode,
    })),
    ...(value !== undefined && { best: value }),
    ...(isSeveral && { front: front.length }),
  };
}

/** Returns a search with all trials, the best first. */
export async function replyOf(
  study: Study,
  studies: Studies,
): Promise<StudyReply> {
  const { settings, spent, sessions, progress, rungs } = study;
  const metrics = metricsOf(study);
  return {
    ...lineOf(study),
    sampler: settings?.sampler ?? "",
    scheduler: settings?.scheduler ?? "",
    seed: String(settings?.seed ?? ""),
    sessions,
    spent,
    budget: settings?.budget ?? {},
    metrics,
    parameters: (settings?.dimensions ?? []).map((
      { path, low, high, log, choices },
    ) => ({
      path,
      low,
      high,
      isLog: log,
      choices: choices.map(leafText),
    })),
    rows: await rowsOf(study, metrics, studies),
    progress,
    rungs,
  };
}

/** Lists the metrics that trials have, those of the objectives first. */
export function metricsOf(
  { objectives, constraints, trials }: Study,
): string[] {
  const found = trials.flatMap(({ results }) =>
    results.flatMap(({ metrics }) => Object.keys(metrics))
  );
  const first = [objectives, constraints].flatMap(Object.keys);
  return [...new Set([...first, ...found])];
}

async function rowsOf(
  study: Study,
  metrics: readonly string[],
  studies: Studies,
): Promise<TrialRow[]> {
  const { objectives, constraints } = study;
  const placeOf = places(study);
  const rows: TrialRow[] = [];
  for (
    const { trial, result, rank, violation } of rankTrials(study.trials, {
      objectives,
      constraints,
    })
  ) {
    const { error } = trial;
    const runs = [];
    for (const run of trial.runs) {
      const id = await studies.runId(run);
      runs.push({ name: String(run), ...(id !== undefined && { id }) });
    }
    rows.push({
      trial: trial.trial,
      status: trial.status,
      bracket: trial.bracket,
      rung: trial.rung,
      fidelity: result?.fidelity ?? null,
      values: placeOf(trial.config),
      results: metrics.map((name) => {
        const value = result?.metrics[name];
        return value === undefined ? null : figure(value);
      }),
      rank: rank ?? null,
      violation,
      runs,
      ...(error !== undefined && { error: `${error.name}: ${error.message}` }),
    });
  }
  return rows;
}

/** Returns a function that finds a number for each parameter of a config. */
function places(
  { settings }: Study,
): (config: Record<string, unknown>) => (number | null)[] {
  const dimensions = (settings?.dimensions ?? []).map(({ path, choices }) => ({
    keys: splitPath(path),
    choices,
  }));
  return (config) =>
    dimensions.map(({ keys, choices }) => {
      const found = valueAt(config, keys)?.value;
      if (choices.length === 0) return typeof found === "number" ? found : null;
      const at = choices.findIndex((choice) => isSame(choice, found));
      return at < 0 ? null : at;
    });
}

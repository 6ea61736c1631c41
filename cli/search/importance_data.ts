import {
  type Importance,
  parameterImportance,
  type StudyView,
} from "../../hyperopt/mod.ts";
import { visible } from "../../internal/visible_text.ts";
import type { PlotImportance } from "../../plot/mod.ts";
import type { Config } from "./search_named.ts";

/** The importance of parameters, and how it is drawn. */
export interface FoundImportance {
  readonly importance: Importance;
  readonly plot: PlotImportance;
}

/** Lists the metrics that trials of a search have, those of its objectives first. */
export function metricsOf(study: StudyView<Config>): string[] {
  const found = study.trials.flatMap(({ results }) =>
    results.flatMap(({ metrics }) => Object.keys(metrics))
  );
  return [...new Set([...Object.keys(study.objectives), ...found])];
}

/** Finds which parameters of a search matter for a metric. */
export function importanceOf(
  { trials, settings }: StudyView<Config>,
  metric: string,
): FoundImportance {
  const space = { dimensions: settings?.dimensions ?? [] };
  const importance = parameterImportance(trials, space, { metric });
  return { importance, plot: plotOf(importance) };
}

function plotOf(found: Importance): PlotImportance {
  const metric = visible(found.metric);
  const notes = found.notes.map(visible);
  if (found.kind === "unknown") {
    const title = `importance for ${metric} is unknown`;
    return { title, parameters: [], notes: [visible(found.reason), ...notes] };
  }
  const at = found.fidelity === undefined
    ? ""
    : ` at fidelity ${found.fidelity}`;
  return {
    title:
      `share of the differences in ${metric}: ${found.method} over ${found.trials} trials${at}`,
    parameters: found.parameters.map(({ path, share, spread }) => ({
      path: visible(path),
      share,
      spread,
    })),
    notes,
  };
}

import type { StudyView } from "../../hyperopt/mod.ts";
import { splitPath } from "../../internal/key_path.ts";
import { isSame, valueAt } from "../../internal/config_data.ts";
import { leafText } from "../../internal/json_text.ts";
import { visible } from "../../internal/visible_text.ts";
import {
  SEARCH_PLOTS,
  type SearchPlot,
  type SearchPlotData,
} from "../../plot/mod.ts";
import { EXIT, type ExitCode, type Invocation } from "../command.ts";
import { oneOf } from "../option_values.ts";
import { writeOurs } from "../output/write_ours.ts";
import { hasSeveral, rankedTrials, type ShownTrial } from "./ranked_trials.ts";
import { type Config, searchNamed } from "./search_named.ts";
import { writePlot } from "./write_plot.ts";

/**
 * Draws a search: the best result so far or the front, parallel coordinates, each parameter against each objective, the
 * rungs, and the importance of parameters.
 *
 * @param words The name of the search.
 * @param invocation The command.
 * @returns the exit code.
 */
export async function plotSearch(
  words: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { terminal, json, options } = invocation;
  const named = plotsNamed(options.plot);
  const study = await searchNamed(words, invocation);
  const plots = named ?? usualPlots(study);
  const data = await dataFor(study, plots);
  const { svg } = options;
  if (typeof svg === "string") {
    const { searchSvg } = await import("../../plot/mod.ts");
    const text = searchSvg(data, plots, { title: visible(study.id) });
    await writeOurs(svg, text, invocation);
    if (!json) terminal.line(`wrote ${visible(svg)}`);
  }
  if (json) {
    terminal.json({
      id: study.id,
      ...data,
      ...(typeof svg === "string" && { file: svg }),
    });
  } else if (typeof svg !== "string") {
    for (const [i, plot] of plots.entries()) {
      if (i > 0) terminal.line();
      await writePlot(data, plot, terminal);
    }
  }
  return EXIT.ok;
}

function plotsNamed(option: unknown): SearchPlot[] | undefined {
  if (!Array.isArray(option)) return undefined;
  const names = option.flatMap((one) => String(one).split(","));
  return [
    ...new Set(names.map((name) => oneOf(name.trim(), SEARCH_PLOTS, "--plot"))),
  ];
}

/** Without `--plot`: those that can show something. The importance takes seconds if there are many trials. */
function usualPlots(study: StudyView<Config>): SearchPlot[] {
  return [
    hasSeveral(study) ? "front" : "best",
    "parallel",
    "slices",
    ...(study.rungs.length > 1 ? ["rungs" as const] : []),
  ];
}

async function dataFor(
  study: StudyView<Config>,
  plots: readonly SearchPlot[],
): Promise<SearchPlotData> {
  const data = plotData(study);
  if (!plots.includes("importance")) return data;
  const { importanceOf } = await import("./importance_data.ts");
  const importance = Object.keys(study.objectives)
    .map((metric) => importanceOf(study, metric).plot);
  return { ...data, importance };
}

/** Returns what the plots need; texts are visible. */
export function plotData(study: StudyView<Config>): SearchPlotData {
  const { objectives, settings, progress, spent, rungs } = study;
  const dimensions = settings?.dimensions ?? [];
  const names = Object.keys(objectives);
  return {
    objectives: names.map((name) => ({
      name: visible(name),
      mode: objectives[name]!,
    })),
    parameters: dimensions.map(({ path, low, high, log, choices }) => ({
      name: visible(path),
      low,
      high,
      log,
      choices: choices.map((choice) => visible(leafText(choice))),
    })),
    trials: rankedTrials(study).map((shown) => ({
      trial: shown.view.trial,
      values: dimensions.map(({ path, choices }) => {
        const found = valueAt(shown.view.config, splitPath(path))?.value;
        if (choices.length === 0) {
          return typeof found === "number" ? found : undefined;
        }
        const at = choices.findIndex((choice) => isSame(choice, found));
        return at < 0 ? undefined : at;
      }),
      results: resultsOf(shown, names),
      kind: kindOf(shown),
    })),
    progress,
    spent: spent.fidelity,
    rungs,
  };
}

/** None of a trial that lacks one: it has no rank. */
function resultsOf(
  { metrics }: ShownTrial,
  names: readonly string[],
): number[] {
  const values = names.map((name) => metrics[name] ?? NaN);
  return values.every(Number.isFinite) ? values : [];
}

/** Also the best trial violates the constraints if all do. */
function kindOf(
  { rank, violation }: ShownTrial,
): SearchPlotData["trials"][number]["kind"] {
  return rank === 0 ? "best" : violation > 0 ? "infeasible" : "other";
}

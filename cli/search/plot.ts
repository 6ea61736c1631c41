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
import { rankedTrials } from "./ranked_trials.ts";
import { type Config, searchNamed } from "./search_named.ts";

/**
 * Draws a search: the best result so far, parallel coordinates, each parameter against the metric, and the rungs.
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
  const plots = plotsOf(options.plot);
  const study = await searchNamed(words, invocation);
  const data = plotData(study);
  const { svg } = options;
  if (typeof svg === "string") {
    const { searchSvg } = await import("../../plot/mod.ts");
    const text = searchSvg(data, plots, { title: visible(study.id) });
    await writeFile(svg, text, invocation);
    if (!json) terminal.line(`wrote ${visible(svg)}`);
  }
  if (json) {
    terminal.json({
      id: study.id,
      ...data,
      ...(typeof svg === "string" && { file: svg }),
    });
  } else if (typeof svg !== "string") {
    const { searchText } = await import("../../plot/mod.ts");
    const { width } = terminal;
    plots.forEach((plot, i) => {
      if (i > 0) terminal.line();
      for (const line of searchText(data, plot, { width })) {
        terminal.line(
          line.map(({ text, style }) =>
            style === undefined ? text : terminal.style(style, text)
          ).join("").trimEnd(),
        );
      }
    });
  }
  return EXIT.ok;
}

function plotsOf(option: unknown): SearchPlot[] {
  if (typeof option !== "string") return [...SEARCH_PLOTS];
  return option.split(",").map((name) => oneOf(name, SEARCH_PLOTS, "--plot"));
}

/** Returns what the plots need; texts are visible. */
export function plotData(study: StudyView<Config>): SearchPlotData {
  const { metric, settings, progress, spent, rungs } = study;
  const dimensions = settings?.dimensions ?? [];
  return {
    metric: visible(metric),
    mode: settings?.mode ?? "max",
    parameters: dimensions.map(({ path, low, high, log, choices }) => ({
      name: visible(path),
      low,
      high,
      log,
      choices: choices.map((choice) => visible(leafText(choice))),
    })),
    trials: rankedTrials(study).map(({ view, value }) => ({
      trial: view.trial,
      values: dimensions.map(({ path, choices }) => {
        const found = valueAt(view.config, splitPath(path))?.value;
        if (choices.length === 0) {
          return typeof found === "number" ? found : undefined;
        }
        const at = choices.findIndex((choice) => isSame(choice, found));
        return at < 0 ? undefined : at;
      }),
      ...(value !== undefined && { result: value }),
    })),
    progress,
    spent: spent.fidelity,
    rungs,
  };
}

async function writeFile(
  path: string,
  text: string,
  { dbPath, options }: Invocation,
): Promise<void> {
  const [{ isOurExport }, { writeText }] = await Promise.all([
    import("../export/ours.ts"),
    import("../export/sink.ts"),
  ]);
  await writeText(path, {
    database: await dbPath(),
    force: options.force === true,
    isOurs: isOurExport,
  }, text);
}

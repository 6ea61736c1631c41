import { visible } from "../../internal/visible_text.ts";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  NotFoundError,
} from "../command.ts";
import { oneOf } from "../option_values.ts";
import { writePlot } from "./write_plot.ts";
import { searchNamed } from "./search_named.ts";

/**
 * Shows which share of the differences in a metric each parameter of a search explains.
 *
 * @param words The name of the search.
 * @param invocation The command.
 * @returns the exit code.
 */
export async function importanceOfSearch(
  words: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { terminal, json, options } = invocation;
  const study = await searchNamed(words, invocation);
  if (study.settings === undefined) {
    throw new NotFoundError(
      `Cannot tell which parameters matter: search ${
        visible(study.id)
      } has not begun`,
    );
  }
  const { importanceOf, metricsOf } = await import("./importance_data.ts");
  const metrics = options.metric === undefined
    ? Object.keys(study.objectives)
    : [oneOf(options.metric, metricsOf(study), "--metric")];
  const found = metrics.map((metric) => importanceOf(study, metric));
  if (json) {
    const [first] = found;
    terminal.json(
      found.length === 1
        ? { id: study.id, ...first!.importance }
        : { id: study.id, objectives: found.map((one) => one.importance) },
    );
    return EXIT.ok;
  }
  const { plotData } = await import("./plot.ts");
  await writePlot(
    {
      ...plotData(study),
      importance: found.map(({ plot }) => plot),
    },
    "importance",
    terminal,
  );
  return EXIT.ok;
}

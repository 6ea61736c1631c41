import type { Importance } from "../../hyperopt/mod.ts";
import { visible } from "../../internal/visible_text.ts";
import { barPlot } from "../../plot/mod.ts";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  NotFoundError,
} from "../command.ts";
import { searchNamed } from "./search_named.ts";

/**
 * Shows which share of the differences in the metric each parameter of a search explains.
 *
 * @param words The name of the search.
 * @param invocation The command.
 * @returns the exit code.
 */
export async function importanceOfSearch(
  words: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { terminal, json } = invocation;
  const study = await searchNamed(words, invocation);
  if (study.settings === undefined) {
    throw new NotFoundError(
      `Cannot tell which parameters matter: search ${
        visible(study.id)
      } has not begun`,
    );
  }
  const { parameterImportance } = await import("../../hyperopt/mod.ts");
  const found = parameterImportance(study.trials, study.settings, {
    metric: study.metric,
  });
  if (json) terminal.json({ id: study.id, ...found });
  else for (const line of linesOf(found, terminal.width)) terminal.line(line);
  return EXIT.ok;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

function linesOf(found: Importance, width: number): string[] {
  const of = `${found.trials} trials${
    found.fidelity === undefined ? "" : ` at fidelity ${found.fidelity}`
  }`;
  const notes = found.notes.map((note) => visible(note));
  if (found.kind === "unknown") {
    return [`unknown: ${visible(found.reason)}`, ...notes];
  }
  const bars = found.parameters.map(({ path, share, spread }) => ({
    label: visible(path),
    share,
    text: `${percent(share)} +- ${percent(spread)}`,
  }));
  const title = `share of the differences in ${
    visible(found.metric)
  }: ${found.method} over ${of}`;
  return [
    ...barPlot(bars, { title, width }).map((line) =>
      line.map(({ text }) => text).join("").trimEnd()
    ),
    ...notes,
  ];
}

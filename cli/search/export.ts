import type { StudyView } from "../../hyperopt/mod.ts";
import { flatten } from "../../internal/leaves.ts";
import { jsonText } from "../../internal/json_text.ts";
import { commandText } from "../../internal/shell_words.ts";
import { visible } from "../../internal/visible_text.ts";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import type { Table } from "../export/rows.ts";
import { oneOf } from "../option_values.ts";
import { detailsOf } from "./describe.ts";
import { type RankedTrial, rankedTrials } from "./ranked_trials.ts";
import { type Config, searchNamed } from "./search_named.ts";

/**
 * Writes the trials of a search as a table or as JSON.
 *
 * @param words The name of the search.
 * @param invocation The command.
 * @returns the exit code.
 */
export async function exportSearch(
  words: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { options, terminal, json } = invocation;
  if (options.format === undefined) {
    throw new UsageError(
      "Cannot export without a format; give --format csv or json",
    );
  }
  const format = oneOf(options.format, ["csv", "json"], "--format");
  const study = await searchNamed(words, invocation);
  const { out } = options;
  const work = (write: (line: string) => void) => WRITERS[format](study, write);
  if (typeof out !== "string") {
    await work((line) => terminal.data(line));
    return EXIT.ok;
  }
  const [{ writeLines }, { isOurExport }] = await Promise.all([
    import("../export/sink.ts"),
    import("../export/ours.ts"),
  ]);
  await writeLines(out, {
    database: await invocation.dbPath(),
    force: options.force === true,
    isOurs: isOurExport,
  }, work);
  if (json) terminal.json({ format, out });
  else terminal.line(`wrote ${visible(out)}`);
  return EXIT.ok;
}

type Writer = (
  study: StudyView<Config>,
  write: (line: string) => void,
) => Promise<void>;

const WRITERS: Readonly<Record<"csv" | "json", Writer>> = {
  async csv(study, write) {
    const { writeCsv } = await import("../export/csv.ts");
    await writeCsv(tableOf(rankedTrials(study)), write);
  },
  async json(study, write) {
    const { SEARCH_JSON_HEAD } = await import("../export/ours.ts");
    write(SEARCH_JSON_HEAD + jsonText(detailsOf(study)).slice(1));
  },
};

/** One row a trial, the best first. Each searched key and each metric has a column. */
function tableOf(trials: readonly RankedTrial[]): Table {
  const rows = trials.map(({ view, fidelity, words }) => {
    const { trial, status, bracket, rung, seed, attempts, runs, error } = view;
    const at = view.results.find((one) => one.fidelity === fidelity);
    return {
      trial,
      status,
      bracket,
      rung,
      fidelity,
      seed,
      attempts,
      run: runs.join(" "),
      error: error && `${error.name}: ${error.message}`,
      words: commandText(words),
      ...named("config.", Object.fromEntries(flatten(view.config))),
      ...named("metric.", at?.metrics ?? {}),
    };
  });
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    columns: [
      ...columns.filter((name) => !name.includes(".")),
      ...columns.filter((name) => name.startsWith("config.")),
      ...columns.filter((name) => name.startsWith("metric.")),
    ],
    async *rows() {
      yield* rows;
    },
  };
}

function named(
  before: string,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [before + name, value]),
  );
}

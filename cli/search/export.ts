import { type StudyView, wordsOf } from "../../hyperopt/mod.ts";
import { flatten } from "../../internal/leaves.ts";
import { jsonText } from "../../internal/json_text.ts";
import { commandText } from "../../internal/shell_words.ts";
import { visible } from "../../internal/visible_text.ts";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  NotFoundError,
  UsageError,
} from "../command.ts";
import type { Table } from "../export/rows.ts";
import { oneOf } from "../option_values.ts";
import { detailsOf } from "./describe.ts";
import { rankedTrials } from "./ranked_trials.ts";
import { type Config, searchNamed } from "./search_named.ts";

type Study = StudyView<Config>;

/** What writes the lines of a format. */
type Writer = (study: Study, write: (line: string) => void) => Promise<void>;

/** The formats of lines. */
const WRITERS: Readonly<Record<"csv" | "json", Writer>> = {
  async csv(study, write) {
    const { writeCsv } = await import("../export/csv.ts");
    await writeCsv(tableOf(study), write);
  },
  async json(study, write) {
    const { SEARCH_JSON_HEAD } = await import("../export/ours.ts");
    write(SEARCH_JSON_HEAD + jsonText(detailsOf(study)).slice(1));
  },
};

/**
 * Writes the trials of a search as a table, as JSON, or as a study of Optuna.
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
      "Cannot export without a format; give --format csv, json or optuna",
    );
  }
  const format = oneOf(options.format, ["csv", "json", "optuna"], "--format");
  const { out } = options;
  if (format === "optuna" && typeof out !== "string") {
    throw new UsageError(
      "Cannot export to Optuna without a file; give --out FILE.db",
    );
  }
  const study = await searchNamed(words, invocation);
  if (typeof out !== "string") {
    await WRITERS[format as "csv"](study, (line) => terminal.data(line));
    return EXIT.ok;
  }
  if (format === "optuna") await writeOptuna(study, out, invocation);
  else await writeLinesOf(study, WRITERS[format], { out, invocation });
  if (json) terminal.json({ format, out });
  else terminal.line(`wrote ${visible(out)}`);
  return EXIT.ok;
}

async function writeLinesOf(
  study: Study,
  writer: Writer,
  { out, invocation: { dbPath, options } }: {
    readonly out: string;
    readonly invocation: Invocation;
  },
): Promise<void> {
  const [{ writeLines }, { isOurExport }] = await Promise.all([
    import("../export/sink.ts"),
    import("../export/ours.ts"),
  ]);
  await writeLines(out, {
    database: await dbPath(),
    force: options.force === true,
    isOurs: isOurExport,
  }, (write) => writer(study, write));
}

/** A database is never overwritten, not even by `--force`: Optuna may have continued it. */
async function writeOptuna(
  study: Study,
  out: string,
  { terminal, options }: Invocation,
): Promise<void> {
  const { id, settings, objectives, constraints, trials, times } = study;
  if (settings === undefined) {
    throw new NotFoundError(
      `Cannot export ${visible(id)} to Optuna: it has not begun`,
    );
  }
  if (options.force === true) {
    throw new UsageError(
      "Cannot use --force with --format optuna: a database is never overwritten; name a new file",
    );
  }
  const { writeOptunaStudy } = await import("../../hyperopt/mod.ts");
  const dimensions = settings.dimensions;
  const { outside } = await writeOptunaStudy(out, {
    studyName: id,
    objectives,
    constraints,
    space: { dimensions },
    trials,
    times,
    attributes: (trial) => ({
      "ato:words": wordsOf(trial.config as object, { dimensions }).join(" "),
    }),
  });
  if (outside > 0) {
    terminal.warn(
      `left out ${outside} trials whose config is not in the newest space`,
    );
  }
}

/** One row a trial, the best first. Each searched key and each metric has a column. */
function tableOf(study: Study): Table {
  const isConstrained = Object.keys(study.constraints).length > 0;
  const rows = rankedTrials(study).map((shown) => {
    const { view, fidelity, metrics, rank, violation, words } = shown;
    const { trial, status, bracket, rung, seed, attempts, runs, error } = view;
    return {
      trial,
      status,
      bracket,
      rung,
      fidelity,
      seed,
      attempts,
      rank,
      ...(isConstrained && rank !== undefined && { violation }),
      run: runs.join(" "),
      error: error && `${error.name}: ${error.message}`,
      words: commandText(words),
      ...named("config.", Object.fromEntries(flatten(view.config))),
      ...named("metric.", metrics),
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

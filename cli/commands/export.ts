import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { chooseRuns, type Chosen } from "../export/choose.ts";
import { oneOf } from "../option_values.ts";
import type { OutputOptions } from "../output/output_file.ts";
import { wholeRuns } from "../sound.ts";
import type { Terminal } from "../terminal.ts";
import { visible } from "../../internal/visible_text.ts";

/** The command `ato export`. */
export const exportCommand: Command = {
  name: "export",
  summary: "Write a run, or all runs of a project, in another format",
  usage: "ato export RUN|PROJECT --format FORMAT [--out PATH] [--force]",
  options: {
    format: { type: "string" },
    out: { type: "string" },
    table: { type: "string" },
    force: { type: "boolean", default: false },
  },
  optionHelp: {
    "--format FORMAT": "json, csv, parquet, tensorboard or mlflow",
    "--out PATH": "A file; a folder for tensorboard and mlflow",
    "--table TABLE":
      "For csv and parquet: metrics (one row per point) or runs (one row per run)",
    "--force":
      "Overwrite an existing file, unless it is a database; an earlier export is replaced without it",
  },
  examples: [
    ["ato export 41 --format json", "everything about a run"],
    [
      "ato export iris --format csv --table runs --out iris.csv",
      "a spreadsheet",
    ],
    [
      "ato export iris --format tensorboard --out logs",
      "tensorboard --logdir logs",
    ],
    [
      "ato export iris --format mlflow --out mlruns",
      "read by MLFLOW_ALLOW_FILE_STORE=true mlflow ui",
    ],
  ],
  async run(invocation) {
    const { words, options, finder } = invocation;
    const writer = writerOf(options.format);
    if (words.length !== 1) {
      throw new UsageError(
        `Cannot export ${
          words.length === 0 ? "nothing" : `${words.length} things at once`
        }; name one run or project`,
      );
    }
    checkOptions(invocation);
    const named = await chooseRuns(await finder(), words[0]!);
    const chosen = await onlyWhole(named, invocation.terminal);
    const code = await writer(chosen, invocation);
    return chosen.length < named.length ? EXIT.differs : code;
  },
};

/** Leaves out a damaged run with a notice; if it is the only one, its error is the answer. */
async function onlyWhole(
  named: readonly Chosen[],
  terminal: Terminal,
): Promise<readonly Chosen[]> {
  if (named.length <= 1) return named;
  const whole = new Set(await wholeRuns(named.map(({ run }) => run), terminal));
  return named.filter(({ run }) => whole.has(run));
}

function checkOptions({ options }: Invocation): void {
  const { table, format, out } = options;
  if (out === "") {
    throw new UsageError(
      "Cannot write to an empty path; give --out PATH",
    );
  }
  if (table === undefined) return;
  oneOf(table, ["metrics", "runs"], "--table");
  if (format === "csv" || format === "parquet") return;
  throw new UsageError(
    `Cannot use --table with ${
      visible(String(format))
    }; it is for csv and parquet`,
  );
}

type Writer = (
  chosen: readonly Chosen[],
  invocation: Invocation,
) => Promise<ExitCode>;

const WRITERS: Readonly<Record<string, Writer>> = {
  json: async (chosen, invocation) => {
    const { writeJson } = await import("../export/json.ts");
    return await toLines(invocation, (write) => writeJson(chosen, write));
  },
  csv: async (chosen, invocation) => {
    const { writeCsv } = await import("../export/csv.ts");
    const table = await tableOf(chosen, invocation);
    return await toLines(invocation, (write) => writeCsv(table, write));
  },
  parquet: async (chosen, invocation) => {
    const file = requireOut(invocation);
    const { writeParquet } = await import("../export/parquet.ts");
    await writeParquet(
      await tableOf(chosen, invocation),
      file,
      await outputOf(invocation),
    );
    return await said(invocation, file);
  },
  tensorboard: async (chosen, invocation) => {
    const folder = requireOut(invocation);
    const { writeTensorboard } = await import("../export/tensorboard.ts");
    await writeTensorboard(chosen, folder, await outputOf(invocation));
    return await said(invocation, folder);
  },
  mlflow: async (chosen, invocation) => {
    const folder = requireOut(invocation);
    const { writeMlflow } = await import("../export/mlflow.ts");
    await writeMlflow(chosen, folder, await outputOf(invocation));
    return await said(invocation, folder);
  },
};

async function outputOf(
  { options, dbPath }: Invocation,
): Promise<OutputOptions> {
  const { isOurExport } = await import("../export/ours.ts");
  return {
    database: await dbPath(),
    force: options.force === true,
    isOurs: isOurExport,
  };
}

function writerOf(format: unknown): Writer {
  const names = Object.keys(WRITERS);
  if (format === undefined) {
    throw new UsageError(
      `Cannot export without a format; give --format one of ${
        names.join(", ")
      }`,
    );
  }
  if (format === "wandb") {
    throw new UsageError(
      "Cannot export for W&B; write ato sync wandb, which makes the folders that wandb sync sends",
    );
  }
  return WRITERS[oneOf(format, names, "--format")]!;
}

async function tableOf(chosen: readonly Chosen[], { options }: Invocation) {
  const { metricTable, runTable } = await import("../export/rows.ts");
  return options.table === "runs"
    ? await runTable(chosen)
    : metricTable(chosen);
}

async function toLines(
  invocation: Invocation,
  work: (write: (line: string) => void) => Promise<void>,
): Promise<ExitCode> {
  const { options, terminal } = invocation;
  if (typeof options.out !== "string") {
    await work((line) => terminal.data(line));
    return EXIT.ok;
  }
  const { writeLines } = await import("../export/sink.ts");
  await writeLines(options.out, await outputOf(invocation), work);
  return await said(invocation, options.out);
}

/** A format that is binary or has several files needs a path. */
function requireOut({ options }: Invocation): string {
  if (typeof options.out === "string" && options.out !== "") return options.out;
  throw new UsageError(
    `Cannot write ${options.format} to the terminal; name a file or folder with --out PATH`,
  );
}

async function said(
  { terminal, json, options }: Invocation,
  out: string,
): Promise<ExitCode> {
  const { isStream } = await import("../output/output_file.ts");
  // A reader of the stream wants nothing but the data.
  if (isStream(out)) return EXIT.ok;
  if (json) terminal.json({ format: options.format, out });
  else terminal.line(`wrote ${visible(out)}`);
  return EXIT.ok;
}

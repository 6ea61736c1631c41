import { STEP_COLUMN } from "./_names.ts";
import {
  columnNames,
  configKeys,
  freeKey,
  tagNames,
  wandbProjectName,
} from "./_names.ts";
import { type About, aboutRun, type WandbArtifact } from "./_about.ts";
import { HistoryEncoder, numberText } from "./_history_record.ts";
import { LogWriter } from "./_log_writer.ts";
import * as records from "./_records.ts";
import { type HistoryRow, historyRows } from "./_rows.ts";
import { configJson } from "./_values.ts";
import { wandbRunId } from "./run_id.ts";
import type { ConsolePart, RecordedInput, Run } from "../../tracker/mod.ts";

/** What goes into W&B's log of a run. */
export interface WandbLogOptions {
  /** The name of the run's project in the file. */
  readonly project: string;
  /** The name of the project at W&B. @default {that of the run's project} */
  readonly wandbProject?: string;
  /** The user or team at W&B. @default {the user's own default} */
  readonly entity?: string;
  /** What the run read. @default {nothing is said} */
  readonly inputs?: readonly RecordedInput[];
  /** Files that are in the folder `files`: artifacts with the path that the run recorded. */
  readonly artifacts?: readonly WandbArtifact[];
  /** Further files that are in the folder `files`. */
  readonly files?: readonly string[];
  /** What the program printed. @default {it is left out} */
  readonly console?: readonly ConsolePart[];
  /** The program. @default {the script that the run recorded, without its folder} */
  readonly program?: string;
  /** The words of its command. @default {they are left out} */
  readonly args?: readonly string[];
  /** The folder in which it ran. @default {it is left out} */
  readonly cwd?: string;
  /** The version of Python. @default {none is said} */
  readonly python?: string;
  /** The runtime of a program that is not of Python. @default {none is said} */
  readonly runtime?: string;
}

/** What was written. */
export interface WandbLog {
  /** The rows of the history. */
  readonly rows: number;
  /** Whether the rows have the steps of Ato in a column of their own. */
  readonly hasStepColumn: boolean;
  /** The config, by key as JSON. */
  readonly config: records.WandbItems;
  /** The summary, by key as JSON with NaN and Infinity. */
  readonly summary: records.WandbItems;
}

/** The exit codes of W&B: 255 is a run that was interrupted. */
const EXIT_CODES: Readonly<Record<string, number | undefined>> = {
  completed: 0,
  failed: 1,
  crashed: 1,
  interrupted: 255,
  running: undefined,
};

/** The rows cannot have the steps of Ato as W&B's own steps. */
class NeedsStepColumn extends Error {}

/**
 * Writes a run as W&B's transaction log, which `wandb sync` sends (`run-ID.wandb`). The points are streamed: only a
 * part of each curve is in memory.
 *
 * W&B wants one row for each step, in increasing order. Several metrics of one step are one row. If a metric has several
 * points of one step, or a step is below 0, W&B's own `_step` cannot be the step of Ato: then each row has the next free
 * `_step` and the real step in the column `ato/step`, over which W&B draws all metrics.
 *
 * @param run The run.
 * @param options What goes along.
 * @param begin Starts a file, also again if the steps turn out to need a column of their own; returns what takes the
 *   bytes, which are valid until it returns.
 * @returns what was written.
 * @throws {StorageError} If the run is damaged.
 *
 * @example
 * ```ts
 * import { writeWandbLog } from "@ato/ato/sync";
 * import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const experiment = { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } };
 * const logger = new SQLLogger({ lr: 0.1, experiment });
 * const id = await logger.run();
 * logger.logMetrics({ loss: 0.5, accuracy: 0.8 }, 0);
 * await logger.finish();
 *
 * const finder = new SQLFinder({ experiment });
 * const run = (await finder.findRun(id))!;
 * let log: Uint8Array[] = [];
 * const { rows } = await writeWandbLog(run, { project: "demo" }, () => {
 *   log = [];
 *   return (bytes) => log.push(bytes.slice());
 * });
 * assertEquals([rows, new TextDecoder().decode(log[0]!.slice(0, 4))], [1, ":W&B"]);
 * await finder.close();
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function writeWandbLog(
  run: Run,
  options: WandbLogOptions,
  begin: () => (bytes: Uint8Array) => void,
): Promise<WandbLog> {
  try {
    return await new RunWriter(run, options, begin()).write(false);
  } catch (error) {
    if (!(error instanceof NeedsStepColumn)) throw error;
    return await new RunWriter(run, options, begin()).write(true);
  }
}

class RunWriter {
  readonly #run: Run;
  readonly #options: WandbLogOptions;
  readonly #log: LogWriter;
  readonly #start: number;
  #num = 0;

  constructor(
    run: Run,
    options: WandbLogOptions,
    write: (bytes: Uint8Array) => void,
  ) {
    this.#run = run;
    this.#options = options;
    this.#log = new LogWriter(write);
    const start = run.startTime?.getTime() ?? 0;
    this.#start = Number.isFinite(start) ? start : 0;
  }

  async write(hasStepColumn: boolean): Promise<WandbLog> {
    const run = this.#run;
    const names = await run.metrics.names();
    const columns = columnNames(names);
    const config = this.#config(names, columns);
    this.#add("header", records.header());
    this.#addRun(config);
    if (hasStepColumn) {
      this.#add("metric", records.ownMetric(STEP_COLUMN));
      this.#add("metric", records.stepMetric(STEP_COLUMN));
    }
    this.#addFiles();
    this.#addConsole();
    const { rows, summary, end } = await this.#addHistory(
      names,
      columns,
      hasStepColumn,
    );
    if (summary.length > 0) this.#add("summary", records.updates(summary));
    this.#addExit(end);
    this.#log.end();
    return { rows, hasStepColumn, config, summary };
  }

  #add(type: keyof typeof records.RECORD, content: Uint8Array): void {
    this.#log.add(records.record(++this.#num, type, content));
  }

  #config(
    names: readonly string[],
    columns: readonly string[],
  ): records.WandbItems {
    const run = this.#run;
    const { project, inputs = [], artifacts = [], runtime } = this.#options;
    const renamed: Record<string, string> = Object.create(null);
    for (const [i, name] of names.entries()) {
      if (columns[i] !== name) renamed[columns[i]!] = name;
    }
    const config = Object.entries(run.config);
    const given = config.map(([key]) => key);
    const keys = configKeys(given);
    const about: About = aboutRun(run, {
      ...{ project, inputs, renamed, files: artifacts, runtime },
      hasOtherKeys: keys.some((key, i) => key !== given[i]),
    });
    return [
      ...config.map(([, value], i) => [keys[i]!, configJson(value)] as const),
      [freeKey("ato", keys), configJson(about)],
    ];
  }

  #addRun(config: records.WandbItems): void {
    const run = this.#run;
    const { project, wandbProject, entity } = this.#options;
    const { environment } = run;
    const search = run.tags.find((tag) => tag.startsWith("search:"));
    const id = wandbRunId(run);
    const startTime = this.#start;
    this.#add(
      "run",
      records.run({
        ...{ id, entity, config, startTime, name: run.name, notes: run.notes },
        project: wandbProjectName(wandbProject ?? project),
        group: search?.slice("search:".length),
        jobType: search === undefined ? undefined : "trial",
        tags: tagNames(run.tags),
        host: environment.host,
        commit: environment.git?.commit,
      }),
    );
    this.#add(
      "environment",
      records.environment(environment, { ...this.#options, startTime, id }),
    );
  }

  #addFiles(): void {
    const { artifacts = [], files = [] } = this.#options;
    const paths = [...files, ...artifacts.map(({ file }) => file)];
    if (paths.length > 0) this.#add("files", records.files(paths));
  }

  #addConsole(): void {
    const decoders = {
      stdout: new TextDecoder(),
      stderr: new TextDecoder(),
    };
    for (const { stream, at, bytes } of this.#options.console ?? []) {
      // A character can be in two parts.
      const line = decoders[stream].decode(bytes, { stream: true });
      if (line !== "") {
        this.#add("outputRaw", records.outputRaw(stream, at, line));
      }
    }
  }

  async #addHistory(
    names: readonly string[],
    columns: readonly string[],
    hasStepColumn: boolean,
  ): Promise<{ rows: number; summary: records.WandbItems; end: number }> {
    const keys = [...columns, "_step", "_runtime", "_timestamp", STEP_COLUMN];
    const own = columns.length;
    const encoder = new HistoryEncoder(keys);
    const last: (string | undefined)[] = Array(keys.length).fill(undefined);
    let [step, rows, end] = [-1, 0, 0];
    for await (const row of historyRows(this.#run, names)) {
      const wanted = Math.max(row.step, step + 1);
      if (wanted !== row.step && !hasStepColumn) throw new NeedsStepColumn();
      step = wanted;
      const values = this.#values(row, step, own);
      if (hasStepColumn) values.push([own + 3, String(row.step)]);
      this.#log.add(encoder.encode(++this.#num, step, values));
      for (const [key, json] of values) last[key] = json;
      end = Math.max(end, row.time - this.#start);
      rows++;
    }
    const summary = keys.flatMap((key, i) =>
      last[i] === undefined ? [] : [[key, last[i]] as const]
    );
    return { rows, summary, end: end / 1000 };
  }

  #values(
    { time, values }: HistoryRow,
    step: number,
    own: number,
  ): [number, string][] {
    const encoded = values.map((
      [metric, value],
    ): [number, string] => [metric, numberText(value)]);
    encoded.push(
      [own, String(step)],
      [own + 1, String(Math.max(0, time - this.#start) / 1000)],
      [own + 2, String(time / 1000)],
    );
    return encoded;
  }

  #addExit(end: number): void {
    const { status, duration } = this.#run;
    const code = Object.hasOwn(EXIT_CODES, status) ? EXIT_CODES[status] : 0;
    this.#add("exit", records.exit(code, duration ?? end));
    // The `wandb sync` of 0.23 sends the exit code only then.
    if (code !== undefined) this.#add("final", new Uint8Array());
  }
}

import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isRecord, setOwn } from "../../internal/objects.ts";
import { ProtobufError } from "../../internal/protobuf_reader.ts";
import {
  type ConsolePart,
  type ForeignRun,
  type RunEnvironment,
  uuidFrom,
} from "../../tracker/mod.ts";
import { findAbout, type KnownAbout } from "./_about_reader.ts";
import {
  type Item,
  itemOf,
  type LogRecord,
  Message,
  recordOf,
  storable,
  timeOr,
} from "./_decode.ts";
import { environmentOf, environmentOfRun } from "./_environment.ts";
import {
  type Columns,
  type LeftOut,
  numberOf,
  pointsOf,
} from "./_history_points.ts";
import { type LogDamage, logRecords } from "./_log_reader.ts";
import { STEP_COLUMN } from "./_names.ts";

/** A run of W&B. */
export interface WandbRun {
  /** The run; its points and its output are read from the file when they are asked for. */
  readonly run: ForeignRun;
  /** The number of points in its history. */
  readonly points: number;
  /** Whether ato wrote the log: the run has the identity that it has there. */
  readonly isFromAto: boolean;
  /** What could not be read or has no place in Ato, each a sentence without its end. */
  readonly notices: readonly string[];
}

/**
 * Reads the log of a run that wandb wrote on this machine, offline or not (`run-ID.wandb`), and the files beside it. A
 * damaged or unfinished log is read as far as it is whole.
 *
 * @param path The log.
 * @returns the run; `undefined` if the log has no run.
 *
 * @example Import the runs of a folder
 * ```ts ignore
 * import { readWandbRun } from "@ato/ato/sync";
 * import { importRuns } from "@ato/ato/tracker";
 *
 * const found = readWandbRun("wandb/run-20260131_235959-abc123/run-abc123.wandb");
 * if (found !== undefined) await importRuns("runs.db", [found.run]);
 * ```
 */
export function readWandbRun(path: string): WandbRun | undefined {
  const found = new Found();
  const damage: LogDamage = { damaged: 0, isCut: false };
  for (const { type, content } of readable(path, damage)) {
    found.take(type, content);
  }
  if (found.run === undefined) return undefined;
  return toRun(path, found, damage);
}

/** The records that can be decoded; the others count as damage. */
function* readable(path: string, damage?: LogDamage): Iterable<LogRecord> {
  for (const bytes of logRecords(path, damage)) {
    let read: LogRecord | undefined;
    try {
      read = recordOf(bytes);
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      if (damage !== undefined) damage.damaged++;
    }
    if (read !== undefined) yield read;
  }
}

/** The number of other exit codes than 0: W&B's own for a run that was interrupted. */
const INTERRUPTED = 255;

/** What the first reading finds: everything but points and output. */
class Found {
  run: Message | undefined;
  start: number | undefined;
  readonly config: Record<string, unknown> = {};
  readonly summary = new Map<string, unknown>();
  readonly columns = new Set<string>();
  readonly leftOut: LeftOut = { values: 0, rows: 0 };
  /** The machine and the program, from the records that can be read. */
  environment: RunEnvironment = {};
  exit: { readonly code: number; readonly runtime: number } | undefined;
  unreadable = 0;
  hasConsole = false;
  points = 0;
  lastStep = 0;
  lastTime: number | undefined;

  take(type: LogRecord["type"], content: Uint8Array): void {
    try {
      this.#take(type, content);
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      this.unreadable++;
    }
  }

  #take(type: LogRecord["type"], content: Uint8Array): void {
    if (type === "outputRaw" || type === "output") this.hasConsole = true;
    else if (type === "history") this.#history(new Message(content));
    else if (type === "run") this.#run(new Message(content));
    else if (type === "config") this.#configure(new Message(content));
    else if (type === "summary") this.#summarise(new Message(content));
    else if (type === "environment") {
      // A later record adds what only the process knew that watched the machine.
      this.environment = {
        ...environmentOf(new Message(content)),
        ...this.environment,
      };
    } else if (type === "exit") {
      const exit = new Message(content);
      this.exit = exit.integer(3) === 1
        ? undefined
        : { code: exit.integer(1), runtime: exit.integer(2) };
    }
  }

  #run(run: Message): void {
    this.start ??= run.time(17);
    this.run = run;
    this.environment = { ...this.environment, ...environmentOfRun(run) };
    this.#configure(run.message(4));
    this.#summarise(run.message(5));
  }

  #configure(record: Message): void {
    for (const item of record.messages(1)) {
      const read = itemOf(item);
      if (read === undefined) this.unreadable++;
      else if (read[0][0] !== "_wandb") setAt(this.config, read);
    }
    for (const item of record.messages(2)) {
      removeAt(this.config, itemOf(item)?.[0] ?? []);
    }
  }

  #summarise(record: Message): void {
    for (const item of record.messages(1)) {
      const read = itemOf(item);
      if (read === undefined) this.unreadable++;
      else if (!read[0][0]!.startsWith("_")) {
        this.summary.set(read[0].join("."), read[1]);
      }
    }
  }

  #history(row: Message): void {
    const columns = { names: new Map(), start: this.start ?? 0 };
    for (
      const [metric, { step, time }] of pointsOf(row, columns, this.leftOut)
    ) {
      this.columns.add(metric);
      this.points++;
      this.lastStep = Math.max(this.lastStep, step);
      this.lastTime = Math.max(this.lastTime ?? time, time);
    }
  }
}

/** The deepest path of a config; W&B itself writes one key, or two. */
const DEEPEST = 100;

function setAt(root: Record<string, unknown>, [path, value]: Item): void {
  let at = root;
  for (const key of path.slice(0, -1).slice(0, DEEPEST)) {
    const inner = Object.hasOwn(at, key) ? at[key] : undefined;
    if (!isRecord(inner)) setOwn(at, key, {});
    at = at[key] as Record<string, unknown>;
  }
  setOwn(at, path.at(-1)!, value);
}

function removeAt(
  root: Record<string, unknown>,
  path: readonly string[],
): void {
  let at: unknown = root;
  for (const key of path.slice(0, -1)) {
    if (!isRecord(at) || !Object.hasOwn(at, key)) return;
    at = at[key];
  }
  if (isRecord(at) && path.length > 0) delete at[path.at(-1)!];
}

function toRun(path: string, found: Found, damage: LogDamage): WandbRun {
  const run = found.run!;
  const known = findAbout(found.config);
  if (known !== undefined) delete found.config[known.key];
  const about: KnownAbout = known?.about ?? { metrics: new Map() };
  const start = found.start ?? 0;
  const columns: Columns = {
    names: about.metrics,
    start,
    ...(known !== undefined && found.columns.has(STEP_COLUMN) && {
      step: STEP_COLUMN,
    }),
  };
  const [name, notes] = [run.text(8), run.text(9)];
  const id = run.text(1) ?? "";
  const foreign: ForeignRun = {
    // A resumed run of W&B has one log for each start, all with the same id.
    uuid: about.uuid ??
      uuidFrom(["wandb", run.text(3) ?? "", id, String(start)]),
    project: about.project ?? run.text(3) ?? "wandb",
    ...(name !== undefined && { name }),
    ...(notes !== undefined && { notes }),
    ...(about.seed !== undefined && { seed: about.seed }),
    ...(about.error !== undefined && { error: about.error }),
    tags: about.tags ?? tagsOf(run),
    status: statusOf(found, about),
    startTime: start,
    ...endOf(found, start),
    config: about.config ?? found.config,
    environment: found.environment,
    artifacts: about.artifacts ?? filesBeside(path),
    ...(found.hasConsole && { console: () => consoleOf(path, start) }),
    metrics: function* () {
      yield* pointsIn(path, columns);
      if (known === undefined) yield* summaryPoints(found, start);
    },
  };
  return {
    run: foreign,
    points: found.points,
    isFromAto: about.uuid !== undefined,
    notices: noticesOf(found, damage),
  };
}

function tagsOf(run: Message): string[] {
  const [group, job] = [run.text(6), run.text(7)];
  return [
    ...new Set([
      ...run.texts(10).filter((tag) => tag !== ""),
      ...(group === undefined ? [] : [`group=${group}`]),
      ...(job === undefined ? [] : [`job_type=${job}`]),
    ]),
  ];
}

function statusOf({ exit }: Found, { status }: KnownAbout): string {
  // What went on when the log was written may have ended since; nobody knows how.
  if (exit === undefined) return "interrupted";
  if (status !== undefined && !["running", "crashed"].includes(status)) {
    return status;
  }
  if (exit.code === 0) return "completed";
  return exit.code === INTERRUPTED ? "interrupted" : "failed";
}

function endOf(
  { exit, lastTime }: Found,
  start: number,
): { readonly endTime?: number } {
  const byClock = exit === undefined
    ? start
    : timeOr(start + exit.runtime * 1000, start);
  const end = Math.max(byClock, lastTime ?? start);
  return exit === undefined && lastTime === undefined ? {} : { endTime: end };
}

function* pointsIn(
  path: string,
  columns: Columns,
): ReturnType<ForeignRun["metrics"]> {
  const leftOut: LeftOut = { values: 0, rows: 0 };
  for (const { type, content } of readable(path)) {
    if (type !== "history") continue;
    let row: Message;
    try {
      row = new Message(content);
      for (const [metric, point] of pointsOf(row, columns, leftOut)) {
        yield [metric === "" ? "metric" : metric, [point]];
      }
    } catch (error) {
      // The first reading has counted it.
      if (!(error instanceof ProtobufError)) throw error;
    }
  }
}

/** A number that the program put into the summary alone is a metric with one point, at the last step. */
function* summaryPoints(
  { summary, columns, lastStep, lastTime }: Found,
  start: number,
): ReturnType<ForeignRun["metrics"]> {
  for (const [name, said] of summary) {
    const value = numberOf(said);
    if (value === undefined || name === "" || columns.has(name)) continue;
    yield [name, [{ step: lastStep, value, time: lastTime ?? start }]];
  }
}

const encoder = new TextEncoder();

function* consoleOf(
  path: string,
  start: number,
): Iterable<Omit<ConsolePart, "start">> {
  for (const { type, content } of readable(path)) {
    if (type !== "outputRaw" && type !== "output") continue;
    try {
      const part = new Message(content);
      yield {
        at: Math.max(0, part.time(2) ?? start),
        stream: part.integer(1) === 1 ? "stdout" : "stderr",
        bytes: encoder.encode(part.text(3) ?? ""),
      };
    } catch (error) {
      // The first reading has counted it.
      if (!(error instanceof ProtobufError)) throw error;
    }
  }
}

/** What wandb itself keeps in the folder `files`; the rest was saved by the program. */
const OWN_FILES = new Set([
  ...["config.yaml", "wandb-summary.json", "wandb-metadata.json"],
  ...["requirements.txt", "output.log", "diff.patch", "conda-environment.yaml"],
]);
/** The most files that are listed. */
const MOST_FILES = 10_000;

function filesBeside(log: string): { path: string; size: number }[] {
  const root = resolve(dirname(log), "files");
  const found: { path: string; size: number }[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (found.length >= MOST_FILES) return;
      // A link is what the program saved from elsewhere; it is not followed.
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && !OWN_FILES.has(entry.name)) {
        found.push({ path: storable(path), size: statSync(path).size });
      }
    }
  };
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory()) visit(root);
  return found;
}

function noticesOf(found: Found, damage: LogDamage): string[] {
  const { values, rows } = found.leftOut;
  const damaged = damage.damaged + found.unreadable;
  const count = (n: number, one: string, many: string) =>
    `${n} ${n === 1 ? one : many}`;
  return [
    ...(damaged > 0
      ? [`${count(damaged, "part", "parts")} of the log cannot be read`]
      : []),
    ...(damage.isCut
      ? [
        "the log ends in the middle of a record: the run was killed, or goes on",
      ]
      : []),
    ...(values > 0
      ? [
        `${count(values, "value", "values")} of the history ${
          values === 1 ? "is no number" : "are no numbers"
        } and left out`,
      ]
      : []),
    ...(rows > 0
      ? [`${count(rows, "row", "rows")} without a step left out`]
      : []),
  ];
}

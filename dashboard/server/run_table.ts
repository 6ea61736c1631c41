/**
 * The runs of a project as a table in memory: pages sort, filter and follow thousands of runs, and to read their
 * configs anew for each request would take seconds.
 */
import { configLeaves } from "../../why/config_differences.ts";
import type {
  Condition,
  MetricSummary,
  Run,
  SQLFinder,
} from "../../tracker/mod.ts";
import { StorageError } from "../../tracker/mod.ts";
import type { RunsReply } from "../api_types.ts";
import { matchingPlaces } from "./match_runs.ts";
import { pause, PIECE, runPieces } from "./read_runs.ts";
import { figure } from "./reply.ts";
import { ValueColumn } from "./value_column.ts";

/** What a row shows of a run, besides its config and metrics. */
interface TableRow {
  readonly id: number;
  readonly name: string | null;
  readonly status: string;
  readonly started: number | null;
  readonly duration: number | null;
  readonly tags: readonly string[];
  /** The version of the table in which it changed. */
  readonly version: number;
}

/** The summaries of a metric by run. */
export type Summaries = Map<number, MetricSummary>;

/** Milliseconds after which all runs are read again if the file changed: ended runs can be renamed or deleted. */
const REREAD_AFTER = 15_000;

/** If more runs changed, the metrics of all runs are read, in one query. */
const MANY = 100;

/** The runs that the first request is answered with: it does not wait for thousands of configs. */
const FIRST_PAGE = PIECE;

/** The pieces of runs that each request after it reads. */
const PIECES = 10;

/** The runs of a project. */
export class RunTable {
  readonly #finder: SQLFinder;
  readonly #project: string;
  readonly #onWarning: (message: string) => void;
  readonly #now: () => number;
  readonly #columns = new Map<string, ValueColumn>();
  readonly #summaries = new Map<string, Summaries>();
  readonly #metrics = new Set<string>();
  #rows: TableRow[] = [];
  /** The place of each run in `#rows`. */
  #places = new Map<number, number>();
  #version: number;
  /** The version in which a row left the table. */
  #shrunkAt: number;
  #dataVersion: number | undefined;
  #readAllAt = -Infinity;
  #refreshing: Promise<void> | undefined;
  /** The pieces that are not read yet, until all runs are. */
  #pieces: AsyncGenerator<readonly Run[]> | undefined;
  /** The runs of the first page, whose metrics are read one by one. */
  #firstPage: readonly Run[] | undefined;

  /** Makes an empty table. */
  constructor(
    finder: SQLFinder,
    options: {
      readonly project: string;
      readonly onWarning: (message: string) => void;
      /**
       * Its first version: greater than those of tables whose rows a page may still have, so that it gets all rows.
       *
       * @default {0}
       */
      readonly start?: number;
      /** The time in milliseconds. @default {performance.now} */
      readonly now?: () => number;
    },
  ) {
    this.#finder = finder;
    this.#project = options.project;
    this.#onWarning = options.onWarning;
    this.#version = options.start ?? 0;
    this.#shrunkAt = this.#version;
    this.#now = options.now ?? (() => performance.now());
    this.#pieces = runPieces(finder, options.project);
  }

  /** Its version; it grows with each change. */
  get version(): number {
    return this.#version;
  }

  /** Reads what changed. Requests that come meanwhile wait for the same reading. */
  async refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() =>
      this.#refreshing = undefined
    );
    await this.#refreshing;
  }

  /** Whether all runs are in the table. */
  get isComplete(): boolean {
    return this.#pieces === undefined;
  }

  /** Finds the ids of the runs that meet all conditions. */
  async matches(conditions: readonly Condition[]): Promise<number[]> {
    while (!this.isComplete) await this.refresh();
    // Another request may read the table anew meanwhile, which makes other rows.
    const rows = this.#rows;
    const places = await matchingPlaces(conditions, {
      count: rows.length,
      idAt: (place) => rows[place]!.id,
      columnOf: (key) => this.#columns.get(key),
      summariesOf: (metric) => this.summariesOf(metric),
      runs: () => this.#politePieces(),
    });
    return places.map((place) => rows[place]!.id);
  }

  /** Reads the summaries of a metric; `undefined` if no run of the project has it. */
  async summariesOf(metric: string): Promise<Summaries | undefined> {
    if (!this.#metrics.has(metric)) return undefined;
    const known = this.#summaries.get(metric) ??
      await this.#summariesOfFirstPage(metric) ??
      await this.#finder.summariesOf(this.#project, metric);
    this.#summaries.set(metric, known);
    return known;
  }

  /** Writes the table, or what changed since a version. */
  async reply(
    { metric: wanted, since }: {
      readonly metric?: string;
      readonly since?: number;
    },
    warnings: () => readonly string[],
  ): Promise<RunsReply> {
    const [most] = this.#metrics;
    const metric = wanted ?? most;
    // First, so that nothing changes while the answer is put together.
    const summaries = metric === undefined
      ? undefined
      : await this.summariesOf(metric);
    const isWhole = since === undefined || since < this.#shrunkAt ||
      since > this.#version;
    const changed = [...this.#rows.keys()].filter((place) =>
      isWhole || this.#rows[place]!.version > since
    );
    // A page that has nothing yet is shown the newest runs at once, and asks for the others with its version, 0.
    const isFirst = since === undefined && changed.length > FIRST_PAGE;
    const places = isFirst ? this.#newest() : changed;
    const rows = places.map((place) => this.#rows[place]!);
    const found = rows.map(({ id }) => summaries?.get(id));
    const [differing, same] = this.#split();
    return {
      version: isFirst ? 0 : this.#version,
      isWhole,
      isComplete: this.isComplete && !isFirst,
      metrics: [...this.#metrics],
      ...(metric !== undefined && { metric }),
      ids: rows.map(({ id }) => id),
      names: rows.map(({ name }) => name),
      statuses: rows.map(({ status }) => status),
      started: rows.map(({ started }) => started),
      durations: rows.map(({ duration }) => duration),
      tags: rows.map(({ tags }) => tags),
      last: found.map((one) => one === undefined ? null : figure(one.last)),
      min: found.map((one) => one?.min ?? null),
      max: found.map((one) => one?.max ?? null),
      differing: differing.map(([key, column]) => column.pick(key, places)),
      same: same.map(([key, column]) => ({ key, value: column.only })),
      // At the end: to read the metrics may add some.
      warnings: warnings(),
    };
  }

  /** The places of the newest runs. */
  #newest(): number[] {
    return [...this.#rows.keys()]
      .sort((a, b) => this.#rows[b]!.id - this.#rows[a]!.id)
      .slice(0, FIRST_PAGE);
  }

  /** The columns that differ, and those that do not, each in the order in which configs have them. */
  #split(): [[string, ValueColumn][], [string, ValueColumn][]] {
    const [differing, same]: [
      [string, ValueColumn][],
      [string, ValueColumn][],
    ] = [[], []];
    for (const entry of this.#columns) {
      (entry[1].differs(this.#rows.length) ? differing : same).push(entry);
    }
    // Keys that some runs merely lack come last.
    const several = new Set(differing.filter(([, one]) => one.hasSeveral));
    const lacking = differing.filter((entry) => !several.has(entry));
    return [[...several, ...lacking], same];
  }

  async #refresh(): Promise<void> {
    if (this.#pieces !== undefined) return await this.#readPage(this.#pieces);
    const dataVersion = await this.#finder.dataVersion();
    const isChanged = dataVersion !== this.#dataVersion;
    const isOld = this.#now() - this.#readAllAt > REREAD_AFTER;
    this.#dataVersion = dataVersion;
    if (isChanged && isOld) await this.#readAll();
    // A process can also die, which changes no file.
    else if (isChanged || this.#running().length > 0) {
      await this.#readNew(isChanged);
    }
  }

  /** Reads the newest runs that were not read yet. */
  async #readPage(pieces: AsyncGenerator<readonly Run[]>): Promise<void> {
    const isFirst = this.#dataVersion === undefined;
    if (isFirst) {
      this.#dataVersion = await this.#finder.dataVersion();
      await this.#readMetrics();
    } else if (this.#firstPage !== undefined) {
      // What was read of the first page is not all.
      this.#firstPage = undefined;
      this.#summaries.clear();
    }
    for (let count = isFirst ? 1 : PIECES; count > 0;) {
      const { value: runs, done } = await pieces.next();
      if (done) {
        this.#pieces = undefined;
        this.#readAllAt = this.#now();
        return;
      }
      if (isFirst) this.#firstPage = [...this.#firstPage ?? [], ...runs];
      await this.#take(runs, { isKnown: true });
      // Less than a piece is the end, unless some runs could not be read.
      if (runs.length >= PIECE) count--;
      await pause();
    }
  }

  async #summariesOfFirstPage(metric: string): Promise<Summaries | undefined> {
    if (this.#firstPage === undefined || this.isComplete) return undefined;
    const found: Summaries = new Map();
    for (const run of this.#firstPage) {
      const summary = await this.#orWarn(() => run.metrics.summary(metric));
      if (summary !== undefined) found.set(run.id, summary);
    }
    return found;
  }

  async #readMetrics(): Promise<void> {
    for (const { metric } of await this.#finder.listMetrics(this.#project)) {
      this.#metrics.add(metric);
    }
  }

  async #readAll(): Promise<void> {
    await this.#readMetrics();
    const ids = new Set<number>();
    for await (const runs of this.#politePieces()) {
      for (const { id } of runs) ids.add(id);
      await this.#take(runs);
    }
    if (this.#rows.some(({ id }) => !ids.has(id))) await this.#readAgain();
    this.#readAllAt = this.#now();
  }

  /** Without a pause, so that no page sees a table with a part of the runs. */
  async #readAgain(): Promise<void> {
    this.#clear();
    for await (const runs of runPieces(this.#finder, this.#project)) {
      await this.#take(runs);
    }
  }

  async #readNew(isChanged: boolean): Promise<void> {
    const newest = this.#rows.reduce(
      (most, { id }) => Math.max(most, id),
      Number.MIN_SAFE_INTEGER,
    );
    const added = isChanged
      ? await this.#finder.getRunsInProject(this.#project, { after: newest })
      : [];
    const again: Run[] = [];
    for (const { id } of this.#running()) {
      const run = await this.#orWarn(() => this.#finder.findRun(id));
      if (run !== undefined) again.push(run);
    }
    for (const run of [...again, ...added]) {
      for (const name of await this.#orWarn(() => run.metrics.names()) ?? []) {
        this.#metrics.add(name);
      }
    }
    await this.#take([...again, ...added], { mayHavePoints: isChanged });
  }

  /** All runs, so that other requests are answered between the pieces. */
  async *#politePieces(): AsyncGenerator<readonly Run[]> {
    for await (const runs of runPieces(this.#finder, this.#project)) {
      yield runs;
      await pause();
    }
  }

  #running(): TableRow[] {
    return this.#rows.filter(({ status }) => status === "running");
  }

  #clear(): void {
    this.#rows = [];
    this.#places.clear();
    this.#columns.clear();
    this.#summaries.clear();
    this.#shrunkAt = this.#version + 1;
  }

  /** Takes runs into the table. The config of a run that has ended is read once. */
  async #take(
    runs: readonly Run[],
    { mayHavePoints = true, isKnown = false }: {
      /** Whether running runs can have logged something. */
      readonly mayHavePoints?: boolean;
      /** Whether the metrics that were read include these runs. */
      readonly isKnown?: boolean;
    } = {},
  ): Promise<void> {
    const version = this.#version + 1;
    const changed: Run[] = [];
    for (const run of runs) {
      const place = this.#places.get(run.id) ?? this.#rows.length;
      const before = this.#rows[place];
      const row = await this.#orWarn(() =>
        Promise.resolve(rowOf(run, version))
      );
      if (row === undefined) continue;
      const isRunning = before === undefined || before.status === "running";
      if (!(isRunning && mayHavePoints) && isSame(before, row)) continue;
      this.#rows[place] = row;
      this.#places.set(run.id, place);
      if (isRunning) {
        await this.#orWarn(() => Promise.resolve(this.#takeConfig(run, place)));
      }
      changed.push(run);
    }
    if (changed.length > 0) {
      if (!isKnown) await this.#takeMetrics(changed);
      this.#version = version;
    }
  }

  #takeConfig(run: Run, place: number): void {
    const leaves = configLeaves(run.config);
    for (const [key, column] of this.#columns) {
      if (!leaves.has(key)) column.clear(place);
    }
    for (const [key, value] of leaves) {
      let column = this.#columns.get(key);
      if (column === undefined) {
        this.#columns.set(key, column = new ValueColumn());
      }
      column.set(place, value);
    }
  }

  async #takeMetrics(changed: readonly Run[]): Promise<void> {
    if (changed.length > MANY) return this.#summaries.clear();
    for (const [metric, summaries] of this.#summaries) {
      for (const run of changed) {
        const summary = await this.#orWarn(() => run.metrics.summary(metric));
        if (summary !== undefined) summaries.set(run.id, summary);
      }
    }
  }

  /** What is damaged is left out, with a warning. */
  async #orWarn<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof StorageError) || error.problem !== "corrupt") {
        throw error;
      }
      this.#onWarning(error.message);
      return undefined;
    }
  }
}

function rowOf(run: Run, version: number): TableRow {
  return {
    id: run.id,
    name: run.name ?? null,
    status: run.status,
    started: run.startTime?.getTime() ?? null,
    duration: run.duration ?? null,
    tags: run.tags,
    version,
  };
}

function isSame(a: TableRow | undefined, b: TableRow): boolean {
  return a !== undefined && a.name === b.name && a.status === b.status &&
    a.duration === b.duration && a.started === b.started &&
    a.tags.length === b.tags.length &&
    a.tags.every((tag, i) => tag === b.tags[i]);
}

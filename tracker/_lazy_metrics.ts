/** Metrics of many runs that are read when they are asked for, one metric of all runs at once. */
import { metricFacts } from "./_metric_facts.ts";
import { atOnce } from "./_reading.ts";
import type { Connection } from "./driver.ts";
import { StorageError } from "./errors.ts";
import type { MetricFacts } from "../internal/run_facts.ts";

/** What the metrics of runs are read from. */
export interface MetricSource {
  /** The file; it must be open when a metric is asked for. */
  readonly connection: Connection;
  /** The ids of the runs. */
  readonly runs: readonly number[];
  /** The names of the metrics; all if it is absent. */
  readonly metrics?: readonly string[];
  /** Takes what cannot be read. */
  readonly skip: <T>(read: () => T) => T | undefined;
}

/** Metrics by name, of many runs. A run whose metric is damaged does not have it. */
export class MetricColumns {
  readonly #source: MetricSource;
  readonly #columns = new Map<string, ReadonlyMap<number, MetricFacts>>();

  /** @param source What is read. */
  constructor(source: MetricSource) {
    this.#source = source;
  }

  /** Returns the metrics of a run. */
  of(run: number): ReadonlyMap<string, MetricFacts> {
    return new LazyMetrics(
      (key) => this.#columnOf(key).get(run),
      () => this.#all(run),
    );
  }

  #columnOf(key: string): ReadonlyMap<number, MetricFacts> {
    const known = this.#columns.get(key);
    if (known !== undefined) return known;
    const { connection, runs, metrics } = this.#source;
    const isWanted = metrics === undefined || metrics.includes(key);
    const found = isWanted
      ? atOnce(connection, () => metricFacts(connection, runs, [key]))
      : new Map();
    const column = new Map<number, MetricFacts>();
    for (const run of found.keys()) {
      const facts = this.#readable(found.get(run))?.get(key);
      if (facts !== undefined) column.set(run, facts);
    }
    this.#columns.set(key, column);
    return column;
  }

  #all(run: number): ReadonlyMap<string, MetricFacts> {
    const { connection, metrics } = this.#source;
    const found = atOnce(
      connection,
      () => metricFacts(connection, [run], metrics),
    ).get(run);
    return this.#readable(found) ?? new Map();
  }

  #readable(
    found: ReadonlyMap<string, MetricFacts> | StorageError | undefined,
  ): ReadonlyMap<string, MetricFacts> | undefined {
    return this.#source.skip(() => {
      if (found instanceof StorageError) throw found;
      return found;
    });
  }
}

/** The metrics of one run. */
class LazyMetrics implements ReadonlyMap<string, MetricFacts> {
  readonly #get: (key: string) => MetricFacts | undefined;
  readonly #readAll: () => ReadonlyMap<string, MetricFacts>;

  constructor(
    get: (key: string) => MetricFacts | undefined,
    readAll: () => ReadonlyMap<string, MetricFacts>,
  ) {
    this.#get = get;
    this.#readAll = readAll;
  }

  get size(): number {
    return this.#readAll().size;
  }

  get(key: string): MetricFacts | undefined {
    return this.#get(key);
  }

  has(key: string): boolean {
    return this.#get(key) !== undefined;
  }

  forEach(
    work: (
      value: MetricFacts,
      key: string,
      map: ReadonlyMap<string, MetricFacts>,
    ) => void,
  ): void {
    this.#readAll().forEach((value, key) => work(value, key, this));
  }

  entries(): MapIterator<[string, MetricFacts]> {
    return this.#readAll().entries();
  }

  keys(): MapIterator<string> {
    return this.#readAll().keys();
  }

  values(): MapIterator<MetricFacts> {
    return this.#readAll().values();
  }

  [Symbol.iterator](): MapIterator<[string, MetricFacts]> {
    return this.entries();
  }
}

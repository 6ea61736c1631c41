/** Reads two runs and the runs of their project that are nearest to them. */
import { areComparable, withComparableInputs } from "./_comparable_inputs.ts";
import { Distances, FactorSets } from "./_factor_sets.ts";
import { LayeredFactors } from "../internal/layered_factors.ts";
import { MetricColumns } from "./_lazy_metrics.ts";
import { metricFacts, type RunMetricFacts } from "./_metric_facts.ts";
import { RunDimensions, type RunSets, RunSetTable } from "./_run_dimensions.ts";
import { readText } from "./_read_program.ts";
import {
  type RunSummary,
  SummaryReader,
  summaryRows,
} from "./_run_summaries.ts";
import { withOneKey } from "./_secret_facts.ts";
import { keyIdOf } from "../internal/secret_values.ts";
import type { Connection, Row } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { isSeedFactor } from "../internal/seed_keys.ts";
import { NumberSet } from "../internal/number_set.ts";
import { type Dimension, DIMENSIONS } from "../internal/run_factors.ts";
import type { History, RunFacts } from "../internal/run_facts.ts";

/** What is read. */
export interface HistoryQuery {
  /** The ids of the two runs. */
  readonly pair: readonly [a: number, b: number];
  /** The id of the project whose other runs are read. */
  readonly projectId: number;
  /** The largest number of other runs. */
  readonly limit: number;
  /** The metrics; all if it is absent. */
  readonly metrics?: readonly string[];
  /** Whether the metrics of runs that are not near are read when they are asked for, and no times. */
  readonly isLazy?: boolean;
  /** Takes a run that cannot be read; the two runs of the pair throw instead. */
  readonly skip: <T>(read: () => T) => T | undefined;
}

/** Reads a history within one transaction of the caller. */
export function readHistory(
  connection: Connection,
  query: HistoryQuery,
): History {
  return new HistoryReader(connection, query).read();
}

/** So many runs, the two among them, have all their metrics read at once: most repeats are among them. */
const NEAR = 100;

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

const NONE: ReadonlyMap<string, string> = new Map();

class HistoryReader {
  readonly #connection: Connection;
  readonly #query: HistoryQuery;
  readonly #sets: FactorSets;
  readonly #dimensions: RunDimensions;
  readonly #summaries: SummaryReader;

  constructor(connection: Connection, query: HistoryQuery) {
    this.#connection = connection;
    this.#query = query;
    this.#sets = new FactorSets(connection);
    this.#dimensions = new RunDimensions(connection, this.#sets);
    this.#summaries = new SummaryReader(connection);
  }

  read(): History {
    const { pair, projectId, limit, skip } = this.#query;
    const runs = new RunSetTable();
    // First, because the other runs share sets with them; one may be in the trash or in another project.
    this.#dimensions.addSets(runs, "e.id IN (?, ?)", pair);
    this.#dimensions.addSets(
      runs,
      // With the plus, the index that has all three columns is read, and not the pages of the configs.
      "+e.project_id = ? AND e.deleted_at IS NULL",
      [projectId],
      pair[0],
    );
    this.#sets.load(runs.sets);
    const near = this.#nearest(runs);
    const chosen = near.slice(0, limit);
    const facts = this.#factsOf([...pair, ...chosen], runs);
    const [a, b] = pair.map((id) => facts(id));
    const others = chosen.flatMap((id) => skip(() => facts(id)) ?? []);
    return {
      ...this.#comparable({ a: a!, b: b!, others }, runs),
      leftOut: near.length - others.length,
    };
  }

  /** Secrets that were hashed with another key, and inputs that say nothing, are unknown. */
  #comparable(
    facts: Omit<History, "leftOut">,
    runs: RunSetTable,
  ): Omit<History, "leftOut"> {
    const factorsOf = (id: number, dimension: Dimension) => {
      const set = runs.of(id)?.[dimension];
      return set === undefined ? NONE : this.#sets.factorsOf(set, id);
    };
    const keys = new Set<string>();
    for (const value of this.#sets.values.values()) {
      const key = keyIdOf(value);
      if (key !== undefined) keys.add(key);
    }
    const withKey = keys.size > 1
      ? withOneKey(facts, ({ id }) => factorsOf(id, "config"))
      : facts;
    if (this.#areComparable(facts)) return withKey;
    return withComparableInputs(withKey, {
      inputsOf: ({ id }) => factorsOf(id, "inputs"),
      textOf: (sha256) => readText(this.#connection, sha256),
    });
  }

  /** Whether each value of an input can be compared with that of each other run. */
  #areComparable({ a, b, others }: Omit<History, "leftOut">): boolean {
    const sets = new NumberSet();
    for (const { sets: of } of [a, b, ...others]) {
      if (of?.inputs !== undefined) sets.add(of.inputs);
    }
    const members = sets.list().map((set) => this.#sets.membersOf(set) ?? []);
    return areComparable(members, this.#sets.values);
  }

  /** The other runs, those that differ in the fewest factors from A or B first; those beyond the limit unordered. */
  #nearest(runs: RunSetTable): number[] {
    const { pair: [a, b], limit } = this.#query;
    const near = (id: number): number =>
      Math.min(Math.abs(a - id), Math.abs(b - id));
    const nearest: number[] = [];
    for (const ids of this.#byDistance(runs)) {
      // What is left out needs no order.
      if (ids !== undefined && nearest.length < limit) {
        ids.sort((x, y) => near(x) - near(y) || x - y);
      }
      for (const id of ids ?? []) nearest.push(id);
    }
    return nearest;
  }

  /** The other runs by the number of factors in which they differ from A or B. */
  #byDistance(runs: RunSetTable): (number[] | undefined)[] {
    const distances = this.#distances(runs);
    const places = distances.length;
    const sets = runs.setsOfRuns;
    const [a, b] = this.#query.pair;
    const ofA = runs.rowAt(runs.rowOf(a) ?? runs.add(a));
    // Most runs share most sets with A.
    const startA = distances.map((one, place) => one.fromA(ofA[place] ?? 0));
    const startB = distances.map((one, place) => one.fromB(ofA[place] ?? 0));
    const [allA, allB] = [sumOf(startA), sumOf(startB)];
    const byDistance: number[][] = [];
    for (let row = 0; row < runs.runs.length; row++) {
      const id = runs.runs[row]!;
      if (id === a || id === b) continue;
      let [fromA, fromB] = [allA, allB];
      for (let place = 0; place < places; place++) {
        const set = sets[row * places + place]!;
        if (set === ofA[place]) continue;
        const distance = distances[place]!;
        fromA += distance.fromA(set) - startA[place]!;
        fromB += distance.fromB(set) - startB[place]!;
      }
      (byDistance[Math.min(fromA, fromB)] ??= []).push(id);
    }
    return byDistance;
  }

  /** The distances from both runs, by dimension. */
  #distances(runs: RunSetTable): Distances[] {
    this.#sets.loadAllNames();
    const ignored = this.#sets.nameIds((id) => isSeedFactor(id));
    const [ofA, ofB] = this.#query.pair.map((id) => runs.of(id));
    return DIMENSIONS.map((dimension) =>
      new Distances(this.#sets, [ofA?.[dimension], ofB?.[dimension]], ignored)
    );
  }

  /** Reads everything about some runs, and returns what gives the facts of one. */
  #factsOf(
    ids: readonly number[],
    table: RunSetTable,
  ): (id: number) => RunFacts {
    const sets = new Map(ids.map((id) => [id, table.of(id)]));
    const setsOf = (id: number): RunSets => sets.get(id) ?? {};
    const all = new Set<number>();
    for (const ofRun of sets.values()) {
      for (const set of Object.values(ofRun)) all.add(set);
    }
    this.#sets.loadTexts(all);
    const rows = summaryRows(this.#connection, ids, !this.#query.isLazy);
    this.#dimensions.loadCoverage(ids);
    const metricsOf = this.#metricsOf(ids);
    return (id) =>
      this.#facts(id, {
        row: rows.get(id) ?? {},
        sets: setsOf(id),
        metrics: metricsOf(id),
      });
  }

  /** Reads metrics at once, or only those of the nearest runs: of the others, few metrics are looked at. */
  #metricsOf(ids: readonly number[]): (id: number) => RunMetricFacts {
    const connection = this.#connection;
    const { metrics, isLazy, skip } = this.#query;
    const near = isLazy ? ids.slice(0, NEAR) : ids;
    const found = metricFacts(connection, near, metrics);
    if (near.length === ids.length) {
      return (id) => found.get(id) ?? new Map();
    }
    const isNear = new Set(near);
    const columns = new MetricColumns({
      connection,
      runs: ids.filter((id) => !isNear.has(id)),
      skip,
      ...(metrics !== undefined && { metrics }),
    });
    return (id) => isNear.has(id) ? found.get(id) ?? new Map() : columns.of(id);
  }

  #facts(
    id: number,
    parts: { row: Row; sets: RunSets; metrics: RunMetricFacts },
  ): RunFacts {
    const { row, sets, metrics } = parts;
    if (metrics instanceof StorageError) throw metrics;
    const summary: RunSummary = this.#summaries.read(id, row);
    const layers = DIMENSIONS.flatMap((dimension) => {
      const set = sets[dimension];
      return set === undefined ? [] : this.#sets.factorsOf(set, id);
    });
    return {
      id,
      ...summary,
      coverage: this.#dimensions.coverageOf(id),
      factors: new LayeredFactors(layers),
      sets: sets as Partial<Record<Dimension, number>>,
      metrics,
    };
  }
}

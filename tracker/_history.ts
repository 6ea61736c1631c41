/** Reads two runs and the runs of their project that are nearest to them. */
import { isDelicate, withComparableInputs } from "./_comparable_inputs.ts";
import { Distances, FactorSets } from "./_factor_sets.ts";
import { LayeredFactors } from "../internal/layered_factors.ts";
import { metricFacts, type RunMetricFacts } from "./_metric_facts.ts";
import { RunDimensions, type RunSets } from "./_run_dimensions.ts";
import { readText } from "./_read_program.ts";
import {
  type RunSummary,
  SummaryReader,
  summaryRows,
} from "./_run_summaries.ts";
import { withOneKey } from "./_secret_facts.ts";
import { keyOf } from "../internal/secrets.ts";
import type { Connection, Row } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { isSeedFactor } from "../internal/seed_keys.ts";
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
    const runs = this.#dimensions.setsOf(
      // With the plus, the index that has all three columns is read, and not the pages of the configs.
      "+e.project_id = ? AND e.deleted_at IS NULL",
      projectId,
    );
    // One of the two may be in the trash or in another project.
    for (const id of pair.filter((one) => !runs.has(one))) {
      runs.set(id, this.#dimensions.setsOf("e.id = ?", id).get(id) ?? {});
    }
    this.#sets.load([...runs.values()].flatMap((sets) => Object.values(sets)));
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
    runs: ReadonlyMap<number, RunSets>,
  ): Omit<History, "leftOut"> {
    const factorsOf = (id: number, dimension: Dimension) => {
      const set = runs.get(id)?.[dimension];
      return set === undefined ? NONE : this.#sets.factorsOf(set, id);
    };
    const hasSecrets = this.#sets.hasValue((value) =>
      keyOf(value) !== undefined
    );
    const withKey = hasSecrets
      ? withOneKey(facts, ({ id }) => factorsOf(id, "config"))
      : facts;
    if (!this.#sets.hasValue(isDelicate)) return withKey;
    return withComparableInputs(withKey, {
      inputsOf: ({ id }) => factorsOf(id, "inputs"),
      textOf: (sha256) => readText(this.#connection, sha256),
    });
  }

  /** The other runs, those that differ in the fewest factors from A or B first. */
  #nearest(runs: ReadonlyMap<number, RunSets>): number[] {
    const { pair, limit } = this.#query;
    this.#sets.loadAllNames();
    const ignored = this.#sets.nameIds((id) => isSeedFactor(id));
    const [a, b] = pair;
    const parts = DIMENSIONS.map((dimension) => {
      const [ofA, ofB] = pair.map((id) => runs.get(id)?.[dimension]);
      return {
        dimension,
        distances: new Distances(this.#sets, [ofA, ofB], ignored),
      };
    });
    const near = (id: number): number =>
      Math.min(Math.abs(a - id), Math.abs(b - id));
    const byDistance: number[][] = [];
    for (const [id, sets] of runs) {
      if (id === a || id === b) continue;
      let [fromA, fromB] = [0, 0];
      for (const { dimension, distances } of parts) {
        const distance = distances.of(sets[dimension]);
        fromA += distance[0];
        fromB += distance[1];
      }
      const distance = Math.min(fromA, fromB);
      (byDistance[distance] ??= []).push(id);
    }
    const nearest: number[] = [];
    for (const ids of byDistance) {
      // What is left out needs no order.
      if (ids !== undefined && nearest.length < limit) {
        ids.sort((x, y) => near(x) - near(y) || x - y);
      }
      for (const id of ids ?? []) nearest.push(id);
    }
    return nearest;
  }

  /** Reads everything about some runs, and returns what gives the facts of one. */
  #factsOf(
    ids: readonly number[],
    runs: ReadonlyMap<number, RunSets>,
  ): (id: number) => RunFacts {
    const setsOf = (id: number): RunSets => runs.get(id) ?? {};
    this.#sets.loadTexts(ids.flatMap((id) => Object.values(setsOf(id))));
    const rows = new Map(
      summaryRows(this.#connection, ids).map((row) => [row["id"], row]),
    );
    this.#dimensions.loadCoverage(ids);
    const metrics = metricFacts(this.#connection, ids, this.#query.metrics);
    return (id) =>
      this.#facts(id, {
        row: rows.get(id) ?? {},
        sets: setsOf(id),
        metrics: metrics.get(id) ?? new Map(),
      });
  }

  #facts(
    id: number,
    parts: { row: Row; sets: RunSets; metrics: RunMetricFacts },
  ): RunFacts {
    const { row, sets, metrics } = parts;
    if (metrics instanceof StorageError) throw metrics;
    const summary: RunSummary = this.#summaries.read(row);
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

/** Applies conditions such as `lr<0.01` to the runs of a table. */
import { configAt } from "../../internal/config_at.ts";
import type { Condition, MetricSummary, Run } from "../../tracker/mod.ts";
import type { ValueColumn } from "./value_column.ts";

/** What conditions are applied to. */
export interface MatchTarget {
  /** The number of runs. */
  readonly count: number;
  /** The id of the run at a place. */
  idAt(place: number): number;
  /** The values of a config key. */
  columnOf(key: string): ValueColumn | undefined;
  /** The summaries of a metric. */
  summariesOf(
    metric: string,
  ): Promise<ReadonlyMap<number, MetricSummary> | undefined>;
  /** Reads the runs themselves in pieces, for key paths that are no column. */
  runs(): AsyncIterable<readonly Run[]>;
}

type Test = (place: number) => boolean;

/** Finds the places of the runs that meet all conditions. */
export async function matchingPlaces(
  conditions: readonly Condition[],
  target: MatchTarget,
): Promise<number[]> {
  const tests: Test[] = [];
  for (const condition of conditions) {
    tests.push(await testOf(condition, target));
  }
  return [...Array(target.count).keys()].filter((place) =>
    tests.every((test) => test(place))
  );
}

async function testOf(
  condition: Condition,
  target: MatchTarget,
): Promise<Test> {
  const { key, which = "last", matches } = condition;
  const summaries = await target.summariesOf(key);
  const ofMetric: Test = (place) =>
    matches(summaries?.get(target.idAt(place))?.[which]);
  if (condition.which !== undefined) return ofMetric;
  const column = target.columnOf(key);
  if (column === undefined) {
    return summaries ? ofMetric : await slowTest(condition, target);
  }
  const answers = column.test(matches);
  // As in `ato runs`: a run whose config lacks the key is judged by its metric of this name.
  return (place) =>
    (column.at(place) ?? undefined) === undefined
      ? ofMetric(place)
      : answers(place) === true;
}

/** A key path to an element of a list, to a whole mapping, or to a key with a dot. */
async function slowTest(
  { key, matches }: Condition,
  target: MatchTarget,
): Promise<Test> {
  const found = new Set<number>();
  for await (const runs of target.runs()) {
    for (const run of runs) {
      if (matches(configAt(run.config, key))) found.add(run.id);
    }
  }
  return (place) => found.has(target.idAt(place));
}

import type { Entry, History } from "./_history.ts";
import { fitWarp } from "./_warp.ts";
import type { Features } from "./_matern.ts";

/** Results with their points. */
export interface GpResults {
  readonly points: readonly Features[];
  /** The losses, as they were observed. */
  readonly losses: readonly number[];
}

/** What a Gaussian process learns from. */
export interface GpRecords {
  /** All results, in the order of the numbers of their trials, and by fidelity. */
  readonly all: GpResults;
  /** The results that are used, if these are too many, in the same order. */
  readonly used: GpResults;
  readonly failed: readonly Features[];
  /** The running trials. */
  readonly pending: readonly Features[];
  /** The position of the greatest fidelity; empty if there is only one fidelity. */
  readonly fidelity: readonly number[];
}

/** How many points are used of failed and of running trials, the newest. */
const MORE = 60;

interface Result {
  readonly entry: Entry;
  readonly level: number;
}

/** Reads the trials whose results a Gaussian process uses: at most so many, all of the greatest fidelities first. */
export function recordsOf(
  history: History,
  featuresOf: (entry: Entry) => readonly number[],
  most: number,
): GpRecords {
  const { failed, pending } = history.ranking(1);
  const levels = [...history.levels]
    .filter(([, entries]) => entries.length > 0)
    .sort(([a], [b]) => a - b)
    .map(([, entries]) => entries);
  const top = levels.length - 1;
  // Equal distances of the rungs, which are a factor apart.
  const at = (level: number) => top > 0 ? [level / top] : [];
  const features = ({ entry, level }: Result) =>
    Float64Array.of(...featuresOf(entry), ...at(level));
  const resultsOf = (results: Result[]): GpResults => {
    results.sort((a, b) => a.entry.trial - b.entry.trial || a.level - b.level);
    return {
      points: results.map(features),
      losses: results.map(({ entry }) => entry.loss),
    };
  };
  const used: Result[] = [];
  for (let level = top; level >= 0; level--) {
    const some = bestAndNewest(levels[level] ?? [], most - used.length);
    used.push(...some.map((entry) => ({ entry, level })));
  }
  const all = levels.flatMap((entries, level) =>
    entries.map((entry) => ({ entry, level }))
  );
  const atTop = (entries: readonly Entry[]) =>
    newest(entries, MORE).map((entry) => features({ entry, level: top }));
  return {
    all: resultsOf(all),
    used: resultsOf(used),
    failed: atTop(failed),
    pending: atTop(pending),
    fidelity: at(top),
  };
}

/** Returns a third of the best entries and two thirds of the newest of the others. */
function bestAndNewest(entries: readonly Entry[], most: number): Entry[] {
  if (entries.length <= most) return [...entries];
  const best = Math.floor(most / 3);
  return [
    ...entries.slice(0, best),
    ...newest(entries.slice(best), most - best),
  ];
}

function newest(entries: readonly Entry[], most: number): Entry[] {
  return [...entries].sort((a, b) => a.trial - b.trial)
    .slice(Math.max(0, entries.length - most));
}

/** Warps losses to about the standard normal distribution; an infinite one counts as the greatest, or least, finite one. */
export function warped(losses: readonly number[]): number[] {
  const finite = losses.filter(Number.isFinite).sort((a, b) => a - b);
  if (finite.length === 0) return losses.map((loss) => Math.sign(loss));
  const low = finite[0] as number;
  const high = finite.at(-1) as number;
  const warp = fitWarp(finite);
  return losses.map((loss) => warp(Math.min(high, Math.max(low, loss))));
}

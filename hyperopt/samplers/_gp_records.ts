import type { Entry, History } from "./_history.ts";
import { fitWarp } from "./_warp.ts";
import type { Features } from "./_matern.ts";

/** What a Gaussian process learns from. */
export interface GpRecords {
  /** The trials, in the order of their numbers, and by fidelity. */
  readonly points: readonly Features[];
  /** The warped losses. */
  readonly losses: Float64Array;
  /** The running trials. */
  readonly pending: readonly Features[];
  /** The positions of the fidelity; empty if there is only one fidelity. */
  readonly fidelity: readonly number[];
}

/** How many more points are used of failed and of running trials, the newest. */
const MORE = 60;

/** Reads the trials whose results a Gaussian process uses: at most so many, all of the greatest fidelities first. */
export function recordsOf(
  history: History,
  featuresOf: (entry: Entry) => readonly number[],
  most: number,
): GpRecords {
  const { failed, pending } = history.ranking(1);
  const fidelities = [...history.levels]
    .filter(([, entries]) => entries.length > 0)
    .map(([fidelity]) => fidelity)
    .sort((a, b) => a - b);
  const top = fidelities.length - 1;
  // Equal distances of the rungs, which are a factor apart.
  const at = (level: number) => top > 0 ? [level / top] : [];
  const used: { entry: Entry; level: number }[] = [];
  for (let level = top; level >= 0; level--) {
    const entries = history.levels.get(fidelities[level] as number) ?? [];
    const some = bestAndNewest(entries, most - used.length);
    used.push(...some.map((entry) => ({ entry, level })));
  }
  used.sort((a, b) => a.entry.trial - b.entry.trial || a.level - b.level);
  const losses = warped(used.map(({ entry }) => entry.loss));
  const worst = losses.reduce((most, loss) => Math.max(most, loss), -Infinity);
  const features = (entry: Entry, level: number) =>
    Float64Array.of(...featuresOf(entry), ...at(level));
  const bad = newest(failed, MORE).map((entry) => features(entry, top));
  return {
    points: [
      ...used.map(({ entry, level }) => features(entry, level)),
      ...bad,
    ],
    losses: Float64Array.of(...losses, ...bad.map(() => worst)),
    pending: newest(pending, MORE).map((entry) => features(entry, top)),
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

/** Warps losses; an infinite one counts as the greatest, or least, finite one. */
function warped(losses: readonly number[]): number[] {
  const finite = losses.filter(Number.isFinite).sort((a, b) => a - b);
  if (finite.length === 0) return losses.map((loss) => Math.sign(loss));
  const low = finite[0] as number;
  const high = finite.at(-1) as number;
  const warp = fitWarp(finite);
  return losses.map((loss) => warp(Math.min(high, Math.max(low, loss))));
}

import type { RunFacts } from "../facts.ts";
import type { Frame } from "../frame.ts";
import { type Judgement, judgeShares, type NoiseOptions } from "../noise.ts";
import { isNotFinite } from "../results.ts";
import { sameSeed } from "./repeat_groups.ts";

type Groups = readonly [readonly RunFacts[], readonly RunFacts[]];

/**
 * Judges two runs of which one has a finite result and the other has not, by how often that happens.
 *
 * @param frame The runs, for their seeds.
 * @param groups The repeats of the two runs, each run first.
 * @param key The metric.
 * @param noise How it is judged.
 * @returns the judgement; `undefined` without repeats.
 */
export function judgeFinite(
  frame: Frame,
  groups: Groups,
  key: string,
  noise: NoiseOptions,
): Judgement | undefined {
  const [[a, ...others], [b, ...further]] = groups;
  if (others.length === 0 && further.length === 0) return undefined;
  const alpha = noise.alpha / noise.among;
  const isOneSeed = a !== undefined && b !== undefined &&
    frame.seedOf(a) === frame.seedOf(b);
  if (!isOneSeed) {
    return judgeShares(...sharesOf(groups, key), "seed", alpha);
  }
  const same: Groups = [
    sameSeed(frame, groups[0]),
    sameSeed(frame, groups[1]),
  ];
  const { test } = judgeShares(...sharesOf(same, key), "same-seed", alpha);
  return isExact(same, noise)
    ? { test: { ...test, kind: "identical", p: 0, isBeyondNoise: true } }
    : { test };
}

type Share = readonly [hits: number, of: number];

function sharesOf([first, second]: Groups, key: string): [Share, Share] {
  const share = (runs: readonly RunFacts[]): Share => [
    runs.filter((run) => isNotFinite(run, key)).length,
    runs.length,
  ];
  return [share(first), share(second)];
}

function isExact(groups: Groups, { isDeterministic }: NoiseOptions): boolean {
  return groups.some(({ length }) => length > 1) &&
    groups.every((runs) =>
      isDeterministic(runs.map((run) => ({ run, value: 0, seed: "" })))
    );
}

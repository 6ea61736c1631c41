/**
 * Seeds in words.
 *
 * @module
 */
import type { Case } from "../case/case.ts";
import { changeText, factorName, join } from "../words.ts";

/**
 * Names the seeds that differ.
 *
 * @param known The comparison.
 * @returns `the seed`, or the keys of the config that are seeds if they do not have one value.
 */
export function seedName({ pair, a, b }: Case): string {
  const [first, ...rest] = pair.seeds;
  const isOne = first === undefined ||
    rest.every((id) =>
      a.factors.get(id) === a.factors.get(first) &&
      b.factors.get(id) === b.factors.get(first)
    );
  return isOne && pair.seeds.some((id) => /^(seed|config:seed)$/.test(id))
    ? "the seed"
    : join(pair.seeds.map(factorName));
}

/**
 * Says how the seeds differ.
 *
 * @param known The comparison.
 * @returns `the seed differs (7 -> 8)`.
 */
export function seedChange(known: Case): string {
  const { pair, a, b } = known;
  const name = seedName(known);
  const [id = ""] = pair.seeds;
  return name === "the seed" || pair.seeds.length === 1
    ? `${name} differs (${a.factors.get(id) ?? "absent"} -> ${
      b.factors.get(id) ?? "absent"
    })`
    : `the seeds differ: ${join(known.findings.suspects.map(changeText))}`;
}

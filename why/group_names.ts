/**
 * Names of groups of runs.
 *
 * @module
 */
import { clipped, hashDigits } from "../internal/factor_value.ts";
import { kindOfFactor } from "../internal/run_factors.ts";
import type { EvidenceGroup } from "./verdict_types.ts";

/** How much of a value is shown. */
interface Size {
  readonly digits: number;
  readonly length: number;
}

const SHORT: Size = { digits: 4, length: 24 };
const LONG: Size = { digits: 16, length: 200 };

/**
 * Names groups of runs. Two groups have two names: where the values of the first suspect do not tell them apart, what
 * else differs is named.
 *
 * @param groups The groups.
 * @returns the names, not escaped, e.g. `lr=0.1`.
 */
export function groupNames(groups: readonly EvidenceGroup[]): string[] {
  const names = groups.map((group) => nameOf(group, SHORT));
  return groups.map((group, at) => {
    const name = names[at] ?? "";
    const alike = groups.filter((_, other) => names[other] === name);
    return alike.length === 1 ? name : nameAmong(group, alike);
  });
}

/** A longer name, for a group whose short name others have, too. */
function nameAmong(
  group: EvidenceGroup,
  alike: readonly EvidenceGroup[],
): string {
  const same = alike.filter(({ value }) => value === group.value);
  const size = same.length === alike.length ? SHORT : LONG;
  const apart = (group.others ?? []).filter(({ id, value }) =>
    same.some((one) => valueIn(one, id) !== value)
  );
  return [nameOf(group, size), ...apart.map((one) => nameOf(one, LONG))]
    .join(", ");
}

function valueIn({ others = [] }: EvidenceGroup, id: string) {
  return others.find((one) => one.id === id)?.value;
}

function nameOf(
  { id, value }: Pick<EvidenceGroup, "id" | "value">,
  { digits, length }: Size,
): string {
  const kind = kindOfFactor(id);
  const name = id.slice(id.indexOf(":") + 1);
  if (value === undefined) return `without ${name}`;
  if (value === "unset" || value === "unreadable") return `${name} ${value}`;
  return kind === "code" || kind === "input" || kind === "env"
    ? `${name}@${hashDigits(value, digits)}`
    : `${name}=${clipped(value, length)}`;
}

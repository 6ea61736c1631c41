/** Groups of runs in one line. */
import { clipped, hashDigits } from "./factor_value.ts";
import { kindOfFactor } from "../internal/run_factors.ts";
import { short } from "../internal/text.ts";
import type { EvidenceGroup } from "../why/mod.ts";

/** How much of a value is shown. */
interface Size {
  readonly digits: number;
  readonly length: number;
}

const SHORT: Size = { digits: 4, length: 24 };
const LONG: Size = { digits: 16, length: 200 };

/**
 * Writes groups of runs, each in one phrase. Two groups have two names: where the values of the first suspect do not
 * tell them apart, what else differs is named.
 *
 * @param groups The groups.
 * @returns the phrases, not escaped, e.g. `lr=0.1 n=4 0.91 +- 0.02`.
 */
export function evidenceText(groups: readonly EvidenceGroup[]): string[] {
  const names = namesOf(groups);
  return groups.map(({ runs, mean, deviation }, at) => {
    const spread = deviation === undefined ? "" : ` +- ${short(deviation)}`;
    return `${names[at]} n=${runs.length} ${short(mean)}${spread}`;
  });
}

function namesOf(groups: readonly EvidenceGroup[]): string[] {
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

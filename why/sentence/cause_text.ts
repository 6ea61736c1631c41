import type { Case } from "../case/case.ts";
import { jointSuspects } from "../suspects.ts";
import type { VerdictSuspect } from "../verdict_types.ts";
import { changeText, join } from "../words.ts";
import { listed } from "./names.ts";

/**
 * Names the first suspects: one, those that act together, or those that cannot be told apart.
 *
 * @param known The comparison.
 * @returns `lr (0.1 -> 0.2)`, `one of: lr (0.1 -> 0.2) or depth (2 -> 3)`; empty without suspects.
 */
export function causeText(known: Case): string {
  const { suspects, joint } = known.findings;
  const [first] = suspects;
  if (first === undefined) return "";
  if (joint !== undefined) {
    const moved = jointSuspects(known.findings);
    const words = joint === "together" ? " together" : "";
    return `${join(named(moved))}${words}`;
  }
  return first.group === undefined
    ? changeText(first)
    : `one of: ${listed(groupOf(first, suspects).map(changeText), "or")}`;
}

function named(suspects: readonly VerdictSuspect[]): string[] {
  const groups = new Map<string, VerdictSuspect[]>();
  for (const one of suspects) {
    const key = (one.group ?? [one.id]).join("\n");
    groups.set(key, [...groups.get(key) ?? [], one]);
  }
  return [...groups.values()].map((group) =>
    group.length === 1
      ? group.map(changeText).join()
      : `one of (${listed(group.map(changeText), "or")})`
  );
}

function groupOf(
  { group }: VerdictSuspect,
  suspects: readonly VerdictSuspect[],
): VerdictSuspect[] {
  return suspects.filter(({ id }) => group?.includes(id));
}

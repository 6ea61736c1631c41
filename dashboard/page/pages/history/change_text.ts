/** Changes in words. */
import { shown } from "../../text.ts";
import { isHashed, kindOf } from "../why/kinds.ts";
import type { Change, Neighbours } from "./neighbours.ts";

/** The most changes that are named. */
const MOST = 6;

/** Writes what changed, and what is not known: `config:lr 0.1 → 0.2; inputs: not recorded`. */
export function changesText({ changes, states }: Neighbours): string {
  const parts = changes.slice(0, MOST).map(changeText);
  if (changes.length > MOST) parts.push(`${changes.length - MOST} more`);
  const unknown = Object.entries(states).filter(([, one]) => one === "unknown")
    .map(([dimension]) => dimension);
  if (unknown.length > 0) parts.push(`not known: ${unknown.join(", ")}`);
  if (parts.length > 0) return parts.join("; ");
  return Object.values(states).every((one) => one === "same")
    ? "nothing changed"
    : "nothing that was recorded changed";
}

function changeText({ id, before, after }: Change): string {
  const name = shown(id);
  if (before === undefined) return `${name} is new`;
  if (after === undefined) return `${name} is gone`;
  return isHashed(kindOf(id))
    ? `${name} changed`
    : `${name} ${shown(before)} → ${shown(after)}`;
}

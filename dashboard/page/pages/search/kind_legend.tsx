/** The legend of all drawings of trials. */
import type { VNode } from "preact";
import { type Kind, KIND_TEXTS, KINDS, mark } from "./kinds.ts";
import type { Drawn } from "./model.ts";

/** What the marks mean, and how many there are. */
export function KindLegend(
  { trials }: { readonly trials: readonly Drawn[] },
): VNode {
  const counts = new Map<Kind, number>();
  for (const { kind } of trials) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return (
    <ul class="legend">
      {KINDS.filter((kind) => counts.has(kind)).toReversed().map((kind) => (
        <li key={kind}>
          <svg width={14} height={14} aria-hidden="true">
            <path class={`mark mark-${kind}`} d={mark(kind, 7, 7)} />
          </svg>{" "}
          {counts.get(kind)} {KIND_TEXTS[kind]}
        </li>
      ))}
    </ul>
  );
}

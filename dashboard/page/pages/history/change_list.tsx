/** The runs at which something changed, the newest first, with a link to why. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { Rows, Section } from "../../parts/section.tsx";
import { link } from "../../router.ts";
import { number } from "../../text.ts";
import { changesText } from "./change_text.ts";
import type { Neighbours } from "./neighbours.ts";
import type { HistoryPoint } from "./points.ts";

/** The rows that are shown at first. */
const PAGE = 25;

/** The list. */
export function ChangeList({ points, neighbours, metric }: {
  readonly points: readonly HistoryPoint[];
  readonly neighbours: readonly (Neighbours | undefined)[];
  readonly metric: string;
}): VNode {
  const [count, setCount] = useState(PAGE);
  const marked = points.flatMap((point, i) => {
    const [before, found] = [points[i - 1], neighbours[i]];
    return before === undefined || found === undefined ||
        found.changes.length === 0
      ? []
      : [{ before, point, found }];
  }).reverse();
  const unknown =
    neighbours.filter((one) =>
      one !== undefined && Object.values(one.states).includes("unknown")
    ).length;
  return (
    <Section
      title="Changes"
      note={`${marked.length} ${
        marked.length === 1 ? "run differs" : "runs differ"
      } from the run before${
        unknown > 0 ? `; of ${unknown} not all is known` : ""
      }`}
    >
      {marked.length === 0 ? <p class="weak">No change is known.</p> : (
        <Rows
          name={`changes of ${metric}`}
          head={["runs", "value", "what changed"]}
          rows={marked.slice(0, count).map(({ before, point, found }) => [
            <a
              key="why"
              class="pair"
              href={link("why", [before.id, point.id], { metric })}
            >
              {before.id} → {point.id}
            </a>,
            <span key="value" class="pair">
              {number(before.value)} → {number(point.value)}
            </span>,
            changesText(found),
          ])}
        />
      )}
      {marked.length > count && (
        <button
          type="button"
          onClick={() => setCount(count + 100)}
        >
          {marked.length - count} more
        </button>
      )}
    </Section>
  );
}

/** Each parameter against an objective. */
import type { VNode } from "preact";
import { Section } from "../../parts/section.tsx";
import { useWidth } from "../../parts/use_width.ts";
import { type Kind, KIND_TEXTS, KINDS, mark } from "./kinds.ts";
import type { Drawn, Model } from "./model.ts";
import { Scatter } from "./scatter.tsx";

/** The least and the greatest width of a drawing. */
const [LEAST, MOST] = [240, 360];

/** The drawings. */
export function Slices({ model, objective, trials, marked }: {
  readonly model: Model;
  /** The place of the objective's axis. */
  readonly objective: number;
  readonly trials: readonly Drawn[];
  readonly marked: number | undefined;
}): VNode {
  const [box, room] = useWidth();
  const columns = Math.max(1, Math.floor(room / LEAST));
  const width = Math.max(1, Math.min(MOST, Math.floor(room / columns) - 8));
  const title = model.axes[objective]!.title;
  return (
    <Section
      title="Slices"
      note={`each parameter against ${title}; each trial at the greatest fidelity that it reached`}
    >
      <KindLegend trials={trials} />
      <div class="slices" ref={box}>
        {room > 0 &&
          model.axes.slice(0, model.firstObjective).map((axis, i) => (
            <Scatter
              key={axis.title}
              label={`${title} against ${axis.title}`}
              axes={model.axes}
              trials={trials}
              x={i}
              y={objective}
              width={width}
              height={190}
              marked={marked}
            />
          ))}
      </div>
    </Section>
  );
}

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

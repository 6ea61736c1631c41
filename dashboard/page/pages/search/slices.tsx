/** Each parameter against an objective. */
import type { VNode } from "preact";
import { Section } from "../../parts/section.tsx";
import { useWidth } from "../../parts/use_width.ts";
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
  const columns = Math.max(
    1,
    Math.min(model.firstObjective, Math.floor(room / LEAST)),
  );
  const width = Math.max(1, Math.min(MOST, Math.floor(room / columns) - 8));
  const title = model.axes[objective]!.title;
  return (
    <Section
      title="Slices"
      note={`each parameter against ${title}; each trial at the greatest fidelity that it reached`}
    >
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

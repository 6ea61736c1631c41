/** The fronts of several objectives: each pair of them. */
import type { VNode } from "preact";
import { Section } from "../../parts/section.tsx";
import { useWidth } from "../../parts/use_width.ts";
import type { Drawn, Model } from "./model.ts";
import { Scatter } from "./scatter.tsx";

/** The drawings; of many objectives, the first one with each other one. */
export function Fronts({ model, trials, marked }: {
  readonly model: Model;
  readonly trials: readonly Drawn[];
  readonly marked: number | undefined;
}): VNode | null {
  const [box, room] = useWidth();
  const first = model.firstObjective;
  const count = model.axes.length - first;
  if (count < 2) return null;
  const pairs: [number, number][] = [];
  for (let a = 0; a < (count > 4 ? 1 : count); a++) {
    for (let b = a + 1; b < count; b++) pairs.push([first + a, first + b]);
  }
  const measured = trials.filter(({ row }) => row.rank !== null);
  const front = measured.filter(({ kind }) => kind === "best").length;
  return (
    <Section
      title="Front"
      note={`${front} of ${measured.length} trials: no other one is better in every objective`}
    >
      <div class="slices" ref={box}>
        {room > 0 && pairs.map(([x, y]) => (
          <div key={`${x} ${y}`}>
            <p class="weak">
              {model.axes[y]!.title} against {model.axes[x]!.title}
            </p>
            <Scatter
              label={`The front of ${model.axes[x]!.title} and ${
                model.axes[y]!.title
              }`}
              axes={model.axes}
              trials={measured}
              x={x}
              y={y}
              width={Math.min(520, room)}
              height={300}
              marked={marked}
            />
          </div>
        ))}
      </div>
    </Section>
  );
}

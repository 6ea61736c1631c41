/// <reference lib="dom" />
/** An objective over two parameters: smoothed over the trials, in steps. */
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { Section } from "../../parts/section.tsx";
import { useWidth } from "../../parts/use_width.ts";
import { set } from "../../router.ts";
import type { Drawn, Model } from "./model.ts";
import { type Frame, Scatter, textAt } from "./scatter.tsx";

/** Cells of each side, and steps of the objective. */
const [CELLS, LEVELS] = [40, 8];

/** How far a trial counts, and how far from any trial nothing is drawn: shares of a side. */
const [SPREAD, REACH] = [0.09, 0.18];

/** The drawing, with a choice of the two parameters. */
export function Contour({ model, objective, trials, marked, chosen }: {
  readonly model: Model;
  readonly objective: number;
  readonly trials: readonly Drawn[];
  readonly marked: number | undefined;
  /** The places of the two parameters, as the address has them. */
  readonly chosen: string | null;
}): VNode | null {
  const [box, room] = useWidth();
  const count = model.firstObjective;
  const [x, y] = readPair(chosen, count);
  const levels = useMemo(
    () => levelsOf(trials, { x, y, objective }),
    [trials, x, y, objective],
  );
  if (count < 2) return null;
  const { axes } = model;
  const [low, high] = levels.range.map((place) =>
    textAt(axes[objective]!, place)
  );
  const width = Math.max(1, Math.min(720, room));
  const choose = (which: 0 | 1, value: string) => {
    const pair = [x, y];
    pair[which] = Number(value);
    set({ contour: pair.join(",") });
  };
  return (
    <Section
      title="Contour"
      note={`${
        axes[objective]!.title
      } smoothed over the trials, from ${low} (light) to ${high} (dark); empty where no trial is near`}
    >
      <div class="bar">
        {([["Across", x], ["Up", y]] as const).map(([name, at], which) => (
          <label key={name}>
            {name}{" "}
            <select
              value={String(at)}
              onChange={(event) =>
                choose(which as 0 | 1, event.currentTarget.value)}
            >
              {axes.slice(0, count).map(({ title }, i) => (
                <option key={title} value={String(i)}>{title}</option>
              ))}
            </select>
          </label>
        ))}
      </div>
      <div ref={box}>
        {room > 0 && (
          <Scatter
            label={`${axes[objective]!.title} over ${axes[x]!.title} and ${
              axes[y]!.title
            }`}
            axes={axes}
            trials={trials}
            x={x}
            y={y}
            width={width}
            height={Math.min(440, Math.max(240, width * 0.6))}
            marked={marked}
            behind={(frame) => <Levels paths={levels.cells} frame={frame} />}
          />
        )}
      </div>
    </Section>
  );
}

function readPair(text: string | null, count: number): [number, number] {
  const [x = 0, y = 1] = (text ?? "0,1").split(",").map(Number);
  const fits = (at: number) => Number.isInteger(at) && at >= 0 && at < count;
  return fits(x) && fits(y) ? [x, y] : [0, Math.min(1, count - 1)];
}

function Levels({ paths, frame }: {
  readonly paths: readonly (readonly (readonly [number, number])[])[];
  readonly frame: Frame;
}): VNode {
  const [wide, tall] = [frame.width / CELLS, frame.height / CELLS];
  return (
    <g>
      {paths.map((cells, level) => (
        <path
          key={level}
          class="level"
          fill-opacity={0.08 + 0.6 * level / (LEVELS - 1)}
          d={cells.map(([x, y]) =>
            `M${(frame.left + x * wide).toFixed(1)} ${
              (frame.top + frame.height - (y + 1) * tall).toFixed(1)
            }h${wide.toFixed(2)}v${tall.toFixed(2)}h-${wide.toFixed(2)}z`
          ).join("")}
        />
      ))}
    </g>
  );
}

/** The cells of each step, and the least and the greatest smoothed value. */
function levelsOf(
  trials: readonly Drawn[],
  { x, y, objective }: {
    readonly x: number;
    readonly y: number;
    readonly objective: number;
  },
): {
  readonly cells: readonly (readonly (readonly [number, number])[])[];
  readonly range: readonly [number, number];
} {
  const points = trials.flatMap(({ places }) => {
    const [across, up, value] = [places[x], places[y], places[objective]];
    return across === undefined || up === undefined || value === undefined
      ? []
      : [[across, up, value] as const];
  });
  const values: [x: number, y: number, value: number][] = [];
  for (let i = 0; i < CELLS; i++) {
    for (let j = 0; j < CELLS; j++) {
      const value = smoothed(points, (i + 0.5) / CELLS, (j + 0.5) / CELLS);
      if (value !== undefined) values.push([i, j, value]);
    }
  }
  const low = values.reduce((least, [, , value]) => Math.min(least, value), 1);
  const high = values.reduce((most, [, , value]) => Math.max(most, value), 0);
  const cells = Array.from({ length: LEVELS }, () => [] as [number, number][]);
  for (const [i, j, value] of values) {
    const level = Math.floor((value - low) / (high - low || 1) * LEVELS);
    cells[Math.min(LEVELS - 1, level)]!.push([i, j]);
  }
  return { cells, range: [low, high] };
}

/** The mean of the trials near a place, the nearer ones counting more. */
function smoothed(
  points: readonly (readonly [number, number, number])[],
  x: number,
  y: number,
): number | undefined {
  let [sum, weights, nearest] = [0, 0, Infinity];
  for (const [across, up, value] of points) {
    const square = (across - x) ** 2 + (up - y) ** 2;
    if (square < nearest) nearest = square;
    const weight = Math.exp(-square / (2 * SPREAD ** 2));
    sum += weight * value;
    weights += weight;
  }
  return nearest > REACH ** 2 ? undefined : sum / weights;
}

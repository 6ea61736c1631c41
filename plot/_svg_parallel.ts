/** Parallel coordinates of a search, in SVG (Inselberg 1985): a line for each trial, through an axis for each value. */
import { fit } from "../internal/text_width.ts";
import { fitEnd } from "./_fit_end.ts";
import {
  type Axis,
  axisOf,
  type Mark,
  objectiveAxis,
  spaced,
} from "./_search_scales.ts";
import {
  COLORS,
  COLUMN,
  HALO,
  LEFT,
  LINE,
  line,
  type Panel,
  round,
  WIDTH,
} from "./_svg_panel.ts";
import { svgText } from "./_svg_text.ts";
import type { PlotTrial, SearchPlotData } from "./search_data.ts";

/** The least distance of two axes: room for the texts between them. */
const NEAREST = 110;
const HEIGHT = 260;

/** Draws the trials that have a result; `undefined` if there is none. */
export function parallelPanel(data: SearchPlotData): Panel | undefined {
  const metrics = data.objectives.flatMap((_, i) =>
    objectiveAxis(data, i) ?? []
  );
  if (metrics.length === 0) return undefined;
  const axes = [...data.parameters.map((one) => axisOf(one)), ...metrics];
  const gaps = Math.max(1, axes.length - 1);
  const step = Math.max(NEAREST, (WIDTH - 2 * LEFT) / gaps);
  return {
    height: HEIGHT + 2 * LINE + 14,
    width: Math.ceil(2 * LEFT + gaps * step),
    parts: [
      ...linesOf(data.trials, axes, step),
      ...axes.flatMap((axis, i) =>
        axisParts(axis, { index: i, last: axes.length - 1, step })
      ),
    ],
  };
}

function linesOf(
  trials: readonly PlotTrial[],
  axes: readonly Axis[],
  step: number,
): string[] {
  const layers = { infeasible: 0, other: 1, best: 2 };
  // The best ones last, so that they are on top.
  const drawn = trials.filter(({ results }) => results[0] !== undefined)
    .toReversed().sort((a, b) => layers[a.kind] - layers[b.kind]);
  const isOne = drawn.filter(({ kind }) => kind === "best").length === 1;
  return drawn.flatMap(({ values, results, kind }, i) => {
    const look = kind === "best"
      ? isOne ? ' stroke-width="2.5"' : ' stroke-width="1.5"'
      : ` stroke-opacity="${round(opacityOf(drawn.length, i))}"`;
    return unbroken([...values, ...results], axes).map((points) =>
      line(
        points.map(([at, share]) =>
          [LEFT + at * step, (1 - share) * HEIGHT] as const
        ),
        COLORS[kind],
        look,
      )
    );
  });
}

/** Better trials are darker; where there are many, all are lighter. */
function opacityOf(count: number, index: number): number {
  const most = Math.max(0.12, Math.min(0.6, 60 / count));
  return most * (0.3 + 0.7 * index / count);
}

function axisParts(
  axis: Axis,
  { index, last, step }: {
    readonly index: number;
    readonly last: number;
    readonly step: number;
  },
): string[] {
  const x = round(LEFT + index * step);
  const row = ({ value }: Mark) => round((1 - axis.at(value)) * HEIGHT);
  const room = Math.floor((step - 12) / COLUMN);
  const isInner = index > 0 && index < last;
  // Around an outer axis there is only the margin.
  const wide = isInner ? Math.min(2 * step, 2 * LEFT + step) : 2 * LEFT;
  const name = fitEnd(axis.name, Math.floor((wide - 12) / COLUMN));
  return [
    `<line x1="${x}" x2="${x}" y1="0" y2="${HEIGHT}" stroke="#333333"/>`,
    // Names are on two lines, so that each has twice the room.
    svgText(x, HEIGHT + 24 + index % 2 * LINE, name, "middle"),
    ...spaced(axis.marks, row, () => LINE).map((mark) =>
      svgText(x + 6, row(mark) + 4, fit(mark.text, room), "start", HALO)
    ),
  ];
}

/** The values that follow each other without a gap, as the index of their axis and their share of it. */
function unbroken(
  values: readonly (number | undefined)[],
  axes: readonly Axis[],
): [number, number][][] {
  const parts: [number, number][][] = [[]];
  values.forEach((value, i) => {
    const share = value === undefined ? NaN : axes[i]?.at(value) ?? NaN;
    if (Number.isFinite(share)) parts.at(-1)!.push([i, share]);
    else parts.push([]);
  });
  return parts.filter((part) => part.length > 1);
}

/** The front of a search of several objectives, in SVG. */
import type { Axis } from "./_search_scales.ts";
import { objectiveAxis } from "./_search_scales.ts";
import {
  BELOW,
  type Box,
  COLORS,
  frame,
  gridOf,
  INNER,
  LEFT,
  line,
  type Panel,
  scatter,
} from "./_svg_panel.ts";
import { svgText } from "./_svg_text.ts";
import { objectivePairs, type SearchPlotData } from "./search_data.ts";

/** Draws each pair of objectives; `undefined` if there is no result, or only one objective. */
export function frontPanel(data: SearchPlotData): Panel | undefined {
  const axes = data.objectives.map((_, i) => objectiveAxis(data, i));
  const pairs = objectivePairs(axes.length).flatMap(([x, y]) => {
    const [across, up] = [axes[x], axes[y]];
    return across === undefined || up === undefined
      ? []
      : [{ x, y, across, up }];
  });
  const [only] = pairs;
  if (only === undefined) return undefined;
  if (pairs.length > 1) {
    return gridOf(pairs.length, (i, box) => pairPart(data, pairs[i]!, box));
  }
  const height = 260;
  return {
    height: height + BELOW,
    parts: pairPart(data, only, { left: LEFT, width: INNER, height }),
  };
}

interface Pair {
  readonly x: number;
  readonly y: number;
  readonly across: Axis;
  readonly up: Axis;
}

function pairPart(
  data: SearchPlotData,
  pair: Pair,
  box: Box,
): string[] {
  const { x, y, across, up } = pair;
  const named = (axis: Axis, index: number) => ({
    ...axis,
    name: `${axis.name} (${data.objectives[index]!.mode})`,
  });
  const points = data.trials.map(({ results, kind }) => ({
    x: results[x],
    y: results[y],
    kind,
  }));
  return [
    ...frame(box, named(across, x), up),
    svgText(box.left, -10, named(up, y).name, "start", ' fill="#555555"'),
    ...(data.objectives.length === 2 ? [stairs(data, pair, box)] : []),
    ...scatter(box, { x: across, y: up }, points),
  ];
}

/** The edge of what the front dominates: between two neighbours it passes the worse value of each objective. */
function stairs(
  { trials, objectives }: SearchPlotData,
  { across, up }: Pair,
  { left, width, height }: Box,
): string {
  const [first, second] = objectives.map(({ mode }) => mode);
  // An infinite result has no place, and neither has a point that has one.
  const front = trials.flatMap(({ kind, results: [x = NaN, y = NaN] }) =>
    kind === "best" && Number.isFinite(x) && Number.isFinite(y)
      ? [{ x, y }]
      : []
  ).sort((a, b) => a.x - b.x || a.y - b.y);
  const points = front.flatMap((point, i) => {
    const next = front[i + 1];
    if (next === undefined) return [point];
    const corner = {
      x: first === "min" ? next.x : point.x,
      y: second === "min"
        ? Math.max(point.y, next.y)
        : Math.min(point.y, next.y),
    };
    return [point, corner];
  });
  return line(
    points.map(({ x, y }) =>
      [left + across.at(x) * width, (1 - up.at(y)) * height] as const
    ),
    COLORS.best,
    ' stroke-opacity="0.6"',
  );
}

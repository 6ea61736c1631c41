import { fit } from "../internal/text_width.ts";
import { short } from "../internal/text.ts";
import { linearScale } from "./scale.ts";
import { type Axis, axisOf, metricAxis } from "./_search_scales.ts";
import { escapeXml, svgText } from "./_svg_text.ts";
import type { SearchPlot, SearchPlotData } from "./search_data.ts";
import { SVG_MARK } from "./svg_plot.ts";

const WIDTH = 800;
const LEFT = 90;
const RIGHT = 60;
const INNER = WIDTH - LEFT - RIGHT;
/** Colours that are distinguishable with any colour vision (Okabe and Ito, 2008). */
const [BEST, OTHERS] = ["#d55e00", "#0072b2"];
/** The longest text of an axis, in columns. */
const LONGEST = 14;

/** A drawing that starts at a height of its own. */
interface Panel {
  readonly height: number;
  readonly parts: readonly string[];
}

/**
 * Draws plots of a search as one self-contained SVG document: without scripts, fonts or anything to load.
 *
 * @param data The search.
 * @param plots Which plots, from top to bottom.
 * @param options The title.
 * @returns the document.
 */
export function searchSvg(
  data: SearchPlotData,
  plots: readonly SearchPlot[],
  options: { readonly title: string },
): string {
  const draw = { best: bestPanel, parallel, slices, rungs };
  let height = 40;
  const parts: string[] = [];
  for (const plot of plots) {
    const panel = draw[plot](data) ??
      { height: 20, parts: [svgText(LEFT, 10, "no result to draw", "start")] };
    parts.push(
      `<g transform="translate(0 ${height + 30})">`,
      svgText(WIDTH / 2, -10, TITLES[plot], "middle"),
      ...panel.parts,
      "</g>",
    );
    height += panel.height + 60;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="13">`,
    SVG_MARK,
    `<title>${escapeXml(options.title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    svgText(WIDTH / 2, 24, options.title, "middle"),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

const TITLES: Readonly<Record<SearchPlot, string>> = {
  best: "best so far",
  parallel: "parallel coordinates",
  slices: "slices",
  rungs: "rungs",
};

function round(value: number): number {
  return Number(value.toFixed(2));
}

function line(
  points: readonly (readonly [number, number])[],
  color: string | undefined,
  more = "",
): string {
  const at = points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ");
  return `<polyline points="${at}" fill="none" stroke="${color}"${more}/>`;
}

/** The frame of a plot, with the marks of both axes. */
function frame(
  { left, width, height }: {
    readonly left: number;
    readonly width: number;
    readonly height: number;
  },
  x: Axis,
  y: Axis,
): string[] {
  const row = (value: number) => round((1 - y.at(value)) * height);
  return [
    ...y.marks.flatMap(({ value, text }) => [
      `<line x1="${left}" x2="${left + width}" y1="${row(value)}" y2="${
        row(value)
      }" stroke="#dddddd"/>`,
      svgText(left - 8, row(value) + 4, fit(text, LONGEST), "end"),
    ]),
    ...x.marks.map(({ value, text }) =>
      svgText(
        round(left + x.at(value) * width),
        height + 18,
        fit(text, LONGEST),
        "middle",
      )
    ),
    `<path d="M${left} 0V${height}H${
      left + width
    }" fill="none" stroke="#333333"/>`,
    svgText(round(left + width / 2), height + 36, x.name, "middle"),
  ];
}

function bestPanel(
  { metric, progress, spent }: SearchPlotData,
): Panel | undefined {
  if (progress.length === 0) return undefined;
  const values = progress.map(({ value }) => value);
  const ends = [Math.min(...values), Math.max(...values)] as const;
  const last = Math.max(spent, progress.at(-1)!.spent);
  const height = 220;
  const x = numbers("fidelity spent", [0, last], 8);
  const y = numbers(metric, ends, 5);
  const points = progress.flatMap(({ spent: from, value }, i) =>
    [from, progress[i + 1]?.spent ?? last].map((at) =>
      [LEFT + x.at(at) * INNER, (1 - y.at(value)) * height] as const
    )
  );
  return {
    height: height + 40,
    parts: [
      ...frame({ left: LEFT, width: INNER, height }, x, y),
      line(points, OTHERS, ' stroke-width="2"'),
    ],
  };
}

function numbers(
  name: string,
  ends: readonly [number, number],
  count: number,
): Axis {
  const { at, ticks } = linearScale(ends, count);
  const marks = ticks.map((value) => ({ value, text: short(value) }));
  return { name, at, marks, isChoice: false };
}

function parallel(data: SearchPlotData): Panel | undefined {
  const metric = metricAxis(data);
  if (metric === undefined) return undefined;
  const axes = [...data.parameters.map((one) => axisOf(one)), metric];
  const height = 260;
  const xOf = (i: number) => LEFT + i / Math.max(1, axes.length - 1) * INNER;
  const parts: string[] = [];
  const drawn = data.trials.filter(({ result }) => result !== undefined);
  // The best one last, so that it is on top.
  drawn.toReversed().forEach((trial, i) => {
    const isBest = i === drawn.length - 1;
    const look = isBest
      ? ' stroke-width="2.5"'
      : ` stroke-opacity="${round(0.15 + 0.45 * i / drawn.length)}"`;
    for (const points of unbroken([...trial.values, trial.result], axes)) {
      const placed = points.map(([at, share]) =>
        [xOf(at), (1 - share) * height] as const
      );
      parts.push(line(placed, isBest ? BEST : OTHERS, look));
    }
  });
  axes.forEach((axis, i) => {
    const x = round(xOf(i));
    parts.push(
      `<line x1="${x}" x2="${x}" y1="0" y2="${height}" stroke="#333333"/>`,
      svgText(x, height + 36, fit(axis.name, LONGEST), "middle"),
      ...axis.marks.map(({ value, text }) =>
        svgText(
          x + 5,
          round((1 - axis.at(value)) * height) + 4,
          fit(text, LONGEST),
          "start",
        )
      ),
    );
  });
  return { height: height + 40, parts };
}

/** The values that follow each other without a gap, as the index of their axis and their share of it. */
function unbroken(
  values: readonly (number | undefined)[],
  axes: readonly Axis[],
): [number, number][][] {
  const parts: [number, number][][] = [[]];
  values.forEach((value, i) => {
    const share = value === undefined ? NaN : axes[i]!.at(value);
    if (Number.isFinite(share)) parts.at(-1)!.push([i, share]);
    else parts.push([]);
  });
  return parts.filter((part) => part.length > 1);
}

/** Slices beside each other. */
const PER_ROW = 2;

function slices(data: SearchPlotData): Panel | undefined {
  const metric = metricAxis(data);
  if (metric === undefined) return undefined;
  const height = 150;
  const rowHeight = height + 60;
  const width = INNER / PER_ROW - 60;
  const parts = data.parameters.flatMap((parameter, i) => {
    const axis = axisOf(parameter, 3);
    const left = LEFT + (i % PER_ROW) * (width + LEFT + 30);
    const dots = data.trials.toReversed().flatMap((trial) => {
      const [value, { result }] = [trial.values[i], trial];
      if (value === undefined || result === undefined) return [];
      const color = trial === data.trials[0] ? BEST : OTHERS;
      const [x, y] = [
        left + axis.at(value) * width,
        (1 - metric.at(result)) * height,
      ];
      if (!Number.isFinite(x) || !Number.isFinite(y)) return [];
      return [
        `<circle cx="${round(x)}" cy="${
          round(y)
        }" r="3" fill="${color}" fill-opacity="0.7"/>`,
      ];
    });
    return [
      `<g transform="translate(0 ${Math.floor(i / PER_ROW) * rowHeight})">`,
      ...frame({ left, width, height }, axis, metric),
      ...dots,
      "</g>",
    ];
  });
  const rows = Math.ceil(data.parameters.length / PER_ROW);
  return { height: rows * rowHeight, parts };
}

function rungs({ rungs }: SearchPlotData): Panel | undefined {
  if (rungs.length === 0) return undefined;
  const most = rungs.reduce((max, { entered }) => Math.max(max, entered), 1);
  const left = 230;
  const room = WIDTH - left - RIGHT;
  const parts = rungs.flatMap(
    ({ bracket, rung, fidelity, entered, ended }, i) => {
      const y = i * 20;
      const wide = (count: number) => round(count / most * room);
      return [
        svgText(
          left - 8,
          y + 12,
          `bracket ${bracket} rung ${rung} fidelity ${short(fidelity)}`,
          "end",
        ),
        `<rect x="${left}" y="${y}" width="${
          wide(entered)
        }" height="14" fill="${OTHERS}" fill-opacity="0.3"/>`,
        `<rect x="${left}" y="${y}" width="${
          wide(ended)
        }" height="14" fill="${OTHERS}"/>`,
        svgText(left + wide(entered) + 6, y + 12, String(entered), "start"),
      ];
    },
  );
  return { height: rungs.length * 20, parts };
}

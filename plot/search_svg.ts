import { fit } from "../internal/text_width.ts";
import { frontPanel } from "./_svg_front.ts";
import { axisOf, endsOf, numberAxis, objectiveAxis } from "./_search_scales.ts";
import { importancePanel, rungsPanel } from "./_svg_bars.ts";
import {
  BELOW,
  COLORS,
  COLUMN,
  dot,
  frame,
  gridOf,
  INNER,
  LEFT,
  line,
  type Panel,
  scatter,
  WIDTH,
} from "./_svg_panel.ts";
import { parallelPanel } from "./_svg_parallel.ts";
import { escapeXml, svgText } from "./_svg_text.ts";
import {
  nothingToDraw,
  SEARCH_TITLES,
  type SearchPlot,
  type SearchPlotData,
} from "./search_data.ts";
import { SVG_MARK } from "./svg_plot.ts";

const PANELS: Readonly<
  Record<SearchPlot, (data: SearchPlotData) => Panel | undefined>
> = {
  best: bestPanel,
  front: frontPanel,
  parallel: parallelPanel,
  slices: slicesPanel,
  rungs: rungsPanel,
  importance: importancePanel,
};

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
  const panels = plots.map((plot) => ({
    plot,
    panel: PANELS[plot](data) ?? nothing(nothingToDraw(data, plot)),
  }));
  const width = Math.max(WIDTH, ...panels.map(({ panel }) => panel.width ?? 0));
  let height = 60;
  const parts: string[] = [];
  for (const { plot, panel } of panels) {
    parts.push(
      `<g transform="translate(0 ${height + 44})">`,
      svgText(LEFT, -28, SEARCH_TITLES[plot], "start", ' font-weight="bold"'),
      ...panel.parts,
      "</g>",
    );
    height += panel.height + 68;
  }
  const title = fit(options.title, Math.floor(INNER / COLUMN));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" font-family="sans-serif" font-size="13">`,
    SVG_MARK,
    `<title>${escapeXml(options.title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    svgText(LEFT, 24, title, "start", ' font-size="16" font-weight="bold"'),
    ...legend(data),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function nothing(text: string): Panel {
  return {
    height: 10,
    parts: [svgText(LEFT, 0, text, "start", ' fill="#555555"')],
  };
}

/** Says what the colours mean. */
function legend({ trials, objectives }: SearchPlotData): string[] {
  const names = {
    best: objectives.length > 1 ? "front" : "best trial",
    other: "other trials",
    infeasible: "trials that violate constraints",
  } as const;
  const kinds = (["best", "other", "infeasible"] as const).filter((kind) =>
    trials.some((trial) => trial.kind === kind && trial.results.length > 0)
  );
  let left = LEFT;
  return kinds.flatMap((kind) => {
    const parts = [
      dot(left + 4, 40, kind) ?? "",
      svgText(left + 14, 44, names[kind], "start"),
    ];
    left += (names[kind].length + 5) * COLUMN;
    return parts;
  });
}

function bestPanel(
  { objectives, progress, spent }: SearchPlotData,
): Panel | undefined {
  const ends = endsOf(progress.map(({ value }) => value));
  if (ends === undefined) return undefined;
  const last = Math.max(spent, progress.at(-1)!.spent);
  const height = 220;
  const x = numberAxis("fidelity spent", [0, last], { count: 8, log: false });
  const y = numberAxis(objectives[0]!.name, ends, { count: 5 });
  const points = progress.flatMap(({ spent: from, value }, i) =>
    [from, progress[i + 1]?.spent ?? last].map((at) =>
      [LEFT + x.at(at) * INNER, (1 - y.at(value)) * height] as const
    )
  );
  return {
    height: height + BELOW,
    parts: [
      ...frame({ left: LEFT, width: INNER, height }, x, y),
      svgText(LEFT, -10, y.name, "start", ' fill="#555555"'),
      line(points, COLORS.other, ' stroke-width="2"'),
      // A single result has no line.
      ...progress.flatMap(({ spent: at, value }) =>
        dot(LEFT + x.at(at) * INNER, (1 - y.at(value)) * height, "other") ?? []
      ),
    ],
  };
}

/** Each objective against each parameter. */
function slicesPanel(data: SearchPlotData): Panel | undefined {
  const slices = data.objectives.flatMap((_, objective) => {
    const y = objectiveAxis(data, objective);
    return y === undefined ? [] : data.parameters.map((parameter, index) => ({
      ...{ y, objective, index, x: axisOf(parameter, 3) },
    }));
  });
  if (slices.length === 0) return undefined;
  return gridOf(slices.length, (i, box) => {
    const { x, y, objective, index } = slices[i]!;
    const points = data.trials.map(({ values, results, kind }) => ({
      x: values[index],
      y: results[objective],
      kind,
    }));
    return [
      ...frame(box, x, y),
      svgText(box.left, -8, fit(y.name, 30), "start", ' fill="#555555"'),
      ...scatter(box, { x, y }, points),
    ];
  });
}

import { short } from "../internal/text.ts";
import { markTexts } from "./_mark_texts.ts";
import { escapeXml, svgText } from "./_svg_text.ts";
import { linearScale, logScale, type Scale } from "./scale.ts";
import { type PlotSeries, rangeOf } from "./series.ts";

/** Colours that are distinguishable with any colour vision (Okabe and Ito, 2008). */
const COLORS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#000000",
];
/** The comment that marks a drawing of this module; `ato` replaces such a file without `--force`. */
export const SVG_MARK = "<!-- drawn by ato plot -->";

const SIZE = {
  width: 800,
  height: 450,
  left: 80,
  right: 20,
  top: 40,
  bottom: 50,
};
const LEGEND_LINE = 18;

/** Options for {@linkcode svgPlot}. */
export interface SvgOptions {
  /** The title above the plot. */
  readonly title: string;
  /**
   * Whether the values are on a logarithmic scale.
   *
   * @default {false}
   */
  readonly log?: boolean;
  /**
   * Whether the values of each part are shown under the mouse, and parts that are not finite are marked with a cross.
   *
   * @default {false}
   */
  readonly tips?: boolean;
}

/**
 * Draws curves as a self-contained SVG document: without scripts, fonts or anything to load.
 *
 * @param series The curves.
 * @param options The title, and the kind of scale.
 * @returns the document.
 */
export function svgPlot(
  series: readonly PlotSeries[],
  options: SvgOptions,
): string {
  const { title, log = false, tips = false } = options;
  const range = rangeOf(series, log) ?? { x: [0, 1], y: [1, 2] };
  const x = placed(linearScale(range.x, 8), SIZE.left, SIZE.width - SIZE.right);
  const y = placed(
    (log ? logScale : linearScale)(range.y, 6),
    SIZE.height - SIZE.bottom,
    SIZE.top,
  );
  const { texts, base } = markTexts(y.ticks);
  const height = SIZE.height + series.length * LEGEND_LINE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${height}" ` +
    `width="${SIZE.width}" height="${height}" font-family="sans-serif" font-size="13">`,
    SVG_MARK,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    svgText(SIZE.width / 2, 24, title + base, "middle"),
    ...axes(x, y, texts),
    ...series.flatMap(({ bins }, index) => curve(bins, index, x, y)),
    ...(tips ? series.flatMap((one) => tipsOf(one, x, y)) : []),
    ...series.flatMap(({ label }, index) => legend(label, index)),
    "</svg>",
    "",
  ].join("\n");
}

/** A scale in the coordinates of the drawing. */
interface Placed {
  at(value: number): number;
  readonly ticks: readonly number[];
}

function placed({ at, ticks }: Scale, from: number, to: number): Placed {
  return {
    at: (value) => Number((from + at(value) * (to - from)).toFixed(2)),
    ticks,
  };
}

/** The axes; `texts` are those of the marks of the vertical one. */
function axes(x: Placed, y: Placed, texts: readonly string[]): string[] {
  const [left, right] = [SIZE.left, SIZE.width - SIZE.right];
  const bottom = SIZE.height - SIZE.bottom;
  return [
    ...y.ticks.flatMap((tick, i) => [
      `<line x1="${left}" x2="${right}" y1="${y.at(tick)}" y2="${
        y.at(tick)
      }" stroke="#dddddd"/>`,
      svgText(left - 8, y.at(tick) + 4, texts[i]!, "end"),
    ]),
    ...x.ticks.map((tick) =>
      svgText(x.at(tick), bottom + 20, short(tick), "middle")
    ),
    `<path d="M${left} ${SIZE.top}V${bottom}H${right}" fill="none" stroke="#333333"/>`,
    svgText((left + right) / 2, bottom + 40, "step", "middle"),
  ];
}

/** The envelope as an area, the last values as a line; both have a gap where a value is not finite. */
function curve(
  bins: PlotSeries["bins"],
  index: number,
  x: Placed,
  y: Placed,
): string[] {
  const color = COLORS[index % COLORS.length];
  const out: string[] = [];
  for (const part of unbroken(bins, y)) {
    const middle = part.map(({ firstStep, lastStep }) =>
      x.at((firstStep + lastStep) / 2)
    );
    const points = (values: readonly number[]) =>
      values.map((value, i) => `${middle[i]},${y.at(value)}`);
    const top = points(part.map((bin) => bin.max ?? bin.last));
    const bottom = part.map((bin, i) =>
      `${middle[i]},${lowerEnd(bin.min ?? bin.last, y)}`
    ).reverse();
    if (part.some((bin) => bin.min !== bin.max)) {
      out.push(
        `<polygon points="${
          [...top, ...bottom].join(" ")
        }" fill="${color}" fill-opacity="0.2"/>`,
      );
    }
    const line = points(part.map((bin) => bin.last));
    out.push(
      line.length === 1
        ? `<circle cx="${middle[0]}" cy="${
          y.at(part[0]!.last)
        }" r="2.5" fill="${color}"/>`
        : `<polyline points="${
          line.join(" ")
        }" fill="none" stroke="${color}" stroke-width="1.5"/>`,
    );
  }
  return out;
}

/** A value that has no logarithm is below the drawing: the envelope reaches to its lower end. */
function lowerEnd(value: number, y: Placed): number {
  const at = y.at(value);
  return Number.isNaN(at) ? SIZE.height - SIZE.bottom : at;
}

function unbroken(bins: PlotSeries["bins"], y: Placed): PlotSeries["bins"][] {
  const parts: PlotSeries["bins"][number][][] = [[]];
  for (const bin of bins) {
    const isShown = Number.isFinite(bin.last) && bin.min !== undefined &&
      !Number.isNaN(y.at(bin.last));
    if (isShown) parts.at(-1)!.push(bin);
    else parts.push([]);
  }
  return parts.filter((part) => part.length > 0);
}

/** Places that can be pointed at, with what is there; a cross for what is not finite. */
function tipsOf({ label, bins }: PlotSeries, x: Placed, y: Placed): string[] {
  return bins.map((bin) => {
    const at = x.at((bin.firstStep + bin.lastStep) / 2);
    const title = `<title>${escapeXml(`${label}, ${tipText(bin)}`)}</title>`;
    const high = y.at(bin.last);
    const bottom = SIZE.height - SIZE.bottom;
    const spot = Number.isFinite(high)
      ? `<circle cx="${at}" cy="${high}" r="5" fill-opacity="0">${title}</circle>`
      : "";
    return bin.nonfinite === 0 ? spot : spot +
      `<path d="M${at - 4} ${
        bottom - 9
      }l8 8m0 -8l-8 8" stroke="#b42318" stroke-width="2">${title}</path>`;
  });
}

function tipText(
  { firstStep, lastStep, last, min, max, nonfinite }:
    PlotSeries["bins"][number],
): string {
  const steps = firstStep === lastStep
    ? `step ${lastStep}`
    : `steps ${firstStep} to ${lastStep}`;
  const spread = min === undefined || max === undefined || min === max
    ? ""
    : ` (${short(min)} to ${short(max)})`;
  const lost = nonfinite > 0 ? `, ${nonfinite} not finite` : "";
  return `${steps}: ${
    Number.isFinite(last) ? short(last) : "NaN"
  }${spread}${lost}`;
}

function legend(label: string, index: number): string[] {
  const at = SIZE.height + index * LEGEND_LINE;
  return [
    `<rect x="${SIZE.left}" y="${at - 9}" width="18" height="4" fill="${
      COLORS[index % COLORS.length]
    }"/>`,
    svgText(SIZE.left + 26, at - 2, label, "start"),
  ];
}

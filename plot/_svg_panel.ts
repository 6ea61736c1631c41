/** What the panels of an SVG document of a search share: sizes, colours, frames. */
import { fit, widthOf } from "../internal/text_width.ts";
import { fitEnd } from "./_fit_end.ts";
import { type Axis, type Mark, spaced } from "./_search_scales.ts";
import { svgText } from "./_svg_text.ts";
import type { PlotTrial } from "./search_data.ts";

/** The width of a document, unless a panel needs more. */
export const WIDTH = 800;
/** The room for the texts of a vertical axis. */
export const LEFT = 120;
export const RIGHT = 60;
export const INNER: number = WIDTH - LEFT - RIGHT;
/** The longest text of an axis, in columns. */
export const LONGEST = 13;
/** Pixels of a column of text of 13 pixels, in wide fonts. */
export const COLUMN = 8;
/** Pixels of a line of text. */
export const LINE = 16;

/** Colours that are distinguishable with any colour vision (Okabe and Ito, 2008). */
export const COLORS: Readonly<Record<PlotTrial["kind"], string>> = {
  best: "#d55e00",
  other: "#0072b2",
  infeasible: "#999999",
};

/** Text that is readable over lines. */
export const HALO =
  ' paint-order="stroke" stroke="#ffffff" stroke-width="4" stroke-linejoin="round"';

/** A drawing that starts at a height of its own. */
export interface Panel {
  readonly height: number;
  readonly parts: readonly string[];
  /** The width that it needs, if that is more than {@linkcode WIDTH}. */
  readonly width?: number;
}

/** Where a frame is. */
export interface Box {
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

/** What a text may be wider than its frame, on each side. */
const MARGIN = 26;

/** The height of what is below a frame. */
export const BELOW = 56;

export function round(value: number): number {
  return Number(value.toFixed(2));
}

/** Returns a line through points. */
export function line(
  points: readonly (readonly [number, number])[],
  color: string,
  more = "",
): string {
  const at = points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ");
  return `<polyline points="${at}" fill="none" stroke="${color}"${more}/>`;
}

/** Returns the dot of a trial; `undefined` if it has no place. */
export function dot(
  x: number,
  y: number,
  kind: PlotTrial["kind"],
): string | undefined {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return undefined;
  const color = COLORS[kind];
  const look = kind === "best"
    ? `r="4.5" fill="${color}"`
    : kind === "infeasible"
    ? `r="2.5" fill="none" stroke="${color}"`
    : `r="3" fill="${color}" fill-opacity="0.6"`;
  return `<circle cx="${round(x)}" cy="${round(y)}" ${look}/>`;
}

/** Returns the frame of a plot, with the marks of both axes. */
export function frame(box: Box, x: Axis, y: Axis): string[] {
  const { left, width, height } = box;
  const row = ({ value }: Mark) => round((1 - y.at(value)) * height);
  const columns = Math.floor((width + LEFT) / COLUMN);
  return [
    ...spaced(y.marks, row, () => LINE).flatMap((mark) => [
      `<line x1="${left}" x2="${left + width}" y1="${row(mark)}" y2="${
        row(mark)
      }" stroke="#dddddd"/>`,
      svgText(left - 8, row(mark) + 4, fit(mark.text, LONGEST), "end"),
    ]),
    ...(x.isChoice ? choiceTexts(box, x) : numberTexts(box, x)),
    `<path d="M${left} 0V${height}H${
      left + width
    }" fill="none" stroke="#333333"/>`,
    svgText(
      round(left + width / 2),
      height + BELOW - 6,
      fitEnd(x.name, columns),
      "middle",
      ' fill="#555555"',
    ),
  ];
}

function numberTexts({ left, width, height }: Box, x: Axis): string[] {
  const wide = ({ text }: Mark) => Math.min(LONGEST, widthOf(text)) * COLUMN;
  const right = left + width + MARGIN;
  const at = (mark: Mark) =>
    round(Math.min(left + x.at(mark.value) * width, right - wide(mark) / 2));
  const shown = spaced(x.marks, at, (mark) => wide(mark) + COLUMN);
  return shown.map((mark) =>
    svgText(at(mark), height + 18, fit(mark.text, LONGEST), "middle")
  );
}

/** Texts that do not fit beside each other are on two lines, every other one on the second. */
function choiceTexts({ left, width, height }: Box, x: Axis): string[] {
  const slot = Math.floor(width / x.marks.length / COLUMN);
  const isShort = x.marks.every(({ text }) => widthOf(text) < slot);
  const room = isShort ? slot : 2 * slot - 1;
  // Choices that are too many for their texts are told apart by their places.
  if (room < 3) return [];
  return x.marks.map(({ value, text }, i) => {
    const at = round(left + x.at(value) * width);
    const below = isShort || i % 2 === 0 ? 18 : 18 + LINE;
    // The first and the last one have an edge on one side.
    const side = Math.min(at - left, left + width - at) + MARGIN;
    const own = Math.min(room, Math.floor(2 * side / COLUMN));
    return svgText(at, height + below, fit(text, own), "middle");
  });
}

/** Draws trials against two axes, those of the best kind on top. */
export function scatter(
  { left, width, height }: Box,
  { x, y }: { readonly x: Axis; readonly y: Axis },
  points: readonly {
    readonly x: number | undefined;
    readonly y: number | undefined;
    readonly kind: PlotTrial["kind"];
  }[],
): string[] {
  const layers = { infeasible: 0, other: 1, best: 2 };
  const ordered = points.toSorted((a, b) => layers[a.kind] - layers[b.kind]);
  return ordered.flatMap((point) => {
    if (point.x === undefined || point.y === undefined) return [];
    const drawn = dot(
      left + x.at(point.x) * width,
      (1 - y.at(point.y)) * height,
      point.kind,
    );
    return drawn === undefined ? [] : [drawn];
  });
}

/** Panels beside each other. */
const PER_ROW = 2;

/** Places small drawings beside and below each other. */
export function gridOf(
  count: number,
  draw: (index: number, box: Box) => readonly string[],
): Panel {
  const height = 150;
  const rowHeight = height + BELOW + 24;
  const width = (WIDTH - PER_ROW * LEFT - 30) / PER_ROW;
  const parts = Array.from({ length: count }, (_, i) => {
    const left = LEFT + (i % PER_ROW) * (width + LEFT);
    const down = Math.floor(i / PER_ROW) * rowHeight;
    return [
      `<g transform="translate(0 ${down})">`,
      ...draw(i, { left, width, height }),
      "</g>",
    ];
  });
  return {
    height: Math.ceil(count / PER_ROW) * rowHeight - 24,
    parts: parts.flat(),
  };
}

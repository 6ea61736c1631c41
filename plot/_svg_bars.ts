/** Rungs and importance, as bars in SVG. */
import { fit, wrap } from "../internal/text_width.ts";
import { fitEnd } from "./_fit_end.ts";
import { rungText, rungTitle } from "./_rung_texts.ts";
import {
  COLORS,
  COLUMN,
  INNER,
  LEFT,
  LINE,
  type Panel,
  RIGHT,
  round,
  WIDTH,
} from "./_svg_panel.ts";
import { svgText } from "./_svg_text.ts";
import type { PlotImportance, SearchPlotData } from "./search_data.ts";

const STEP = 20;
const LABELS = 250;

/** Draws how many trials entered each rung, and how many ended it. */
export function rungsPanel({ rungs }: SearchPlotData): Panel | undefined {
  if (rungs.length === 0) return undefined;
  const most = rungs.reduce((max, { entered }) => Math.max(max, entered), 1);
  const room = WIDTH - LABELS - 2 * RIGHT;
  const parts = rungs.flatMap((rung, i) => {
    const y = i * STEP;
    const wide = (count: number) => round(count / most * room);
    return [
      svgText(LABELS - 8, y + 12, fit(rungTitle(rung), 30), "end"),
      bar(LABELS, y, wide(rung.entered), ' fill-opacity="0.3"'),
      bar(LABELS, y, wide(rung.ended)),
      svgText(LABELS + wide(rung.entered) + 6, y + 12, rungText(rung), "start"),
    ];
  });
  return { height: rungs.length * STEP, parts };
}

function bar(x: number, y: number, width: number, more = ""): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="14" fill="${COLORS.other}"${more}/>`;
}

/** Draws the share of each parameter, for each objective. */
export function importancePanel(
  { importance = [] }: SearchPlotData,
): Panel | undefined {
  let height = 0;
  const parts: string[] = [];
  for (const one of importance) {
    const drawn = sharesOf(one);
    parts.push(
      `<g transform="translate(0 ${height})">`,
      ...drawn.parts,
      "</g>",
    );
    height += drawn.height + STEP;
  }
  return parts.length === 0 ? undefined : { height: height - STEP, parts };
}

function sharesOf({ title, parameters, notes }: PlotImportance): Panel {
  const room = WIDTH - LABELS - 2 * LEFT;
  const columns = Math.floor((INNER + RIGHT) / COLUMN);
  const lines = [title, ...notes].flatMap((text) => wrap(text, columns))
    .map((text, i) =>
      svgText(LEFT / 2, 12 + i * LINE, fit(text, columns), "start")
    );
  const top = lines.length * LINE + 6;
  const bars = parameters.flatMap(({ path, share, spread }, i) => {
    const y = top + i * STEP;
    const at = (value: number) =>
      round(LABELS + Math.max(0, Math.min(1, value)) * room);
    const end = at(share + spread);
    return [
      svgText(LABELS - 8, y + 12, fitEnd(path, 29), "end"),
      bar(LABELS, y, round(at(share) - LABELS)),
      `<path d="M${at(share - spread)} ${y + 7}H${end}" stroke="#333333"/>`,
      svgText(
        end + 6,
        y + 12,
        `${percent(share)} ± ${percent(spread)}`,
        "start",
      ),
    ];
  });
  return {
    height: top + parameters.length * STEP,
    parts: [...lines, ...bars],
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

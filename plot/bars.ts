import { fit, pad, widthOf } from "../internal/text_width.ts";
import type { PlotLine } from "./terminal_plot.ts";

/** A bar: its label, and how long it is. */
export interface Bar {
  /** The text before the bar. */
  readonly label: string;
  /** Its length, from 0 to 1. */
  readonly share: number;
  /** The text behind the bar, e.g. its value. */
  readonly text: string;
}

/** Options for {@linkcode barPlot}. */
export interface BarPlotOptions {
  /** The line above the bars. */
  readonly title: string;
  /**
   * Columns of the terminal; a bar is at most 40 columns long.
   *
   * @default {Infinity}
   */
  readonly width?: number;
}

const LONGEST = 40;
const SHORTEST = 5;
/** Blocks of one eighth of a column to seven eighths. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * Draws horizontal bars, one line each. All have the same scale, from 0 to 1.
 *
 * @param bars The bars, from top to bottom.
 * @param options The title and the width.
 * @returns the lines.
 */
export function barPlot(
  bars: readonly Bar[],
  { title, width = Infinity }: BarPlotOptions,
): PlotLine[] {
  const lines: PlotLine[] = [[{ text: title, style: "bold" }]];
  if (bars.length === 0) return [...lines, [{ text: "(nothing to draw)" }]];
  const texts = Math.max(...bars.map(({ text }) => widthOf(text)));
  const labels = Math.max(...bars.map(({ label }) => widthOf(label)));
  const gutter = Math.min(labels, Math.max(3, width - texts - SHORTEST - 2));
  const columns = Math.max(
    SHORTEST,
    Math.min(LONGEST, width - gutter - texts - 2),
  );
  for (const { label, share, text } of bars) {
    lines.push([
      { text: `${pad(fit(label, gutter), gutter)} ` },
      { text: pad(blocks(share, columns), columns), style: "cyan" },
      { text: ` ${text}` },
    ]);
  }
  return lines;
}

function blocks(share: number, columns: number): string {
  if (!Number.isFinite(share)) return "×";
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * columns * 8);
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}

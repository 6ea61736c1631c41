/// <reference lib="dom" />
/** The values under the cursor of a chart. */
import type uPlot from "uplot";
import { number, shown } from "../text.ts";
import { nearest, type PlottedLine } from "./chart_data.ts";

/** What a tip shows. */
export interface TipSource {
  lines(): readonly PlottedLine[];
  /** Writes a place of the horizontal axis. */
  placeText(x: number): string;
}

/** The most lines that a tip has room for. */
const MOST = 12;

/** Makes the tip, and returns what shows it where the cursor is. */
export function chartTip(source: TipSource): (plot: uPlot) => void {
  const tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.hidden = true;
  return (plot) => {
    if (tip.parentElement !== plot.over) plot.over.append(tip);
    const { left = -1 } = plot.cursor;
    const lines = source.lines();
    tip.hidden = left < 0 || lines.length === 0;
    if (tip.hidden) return;
    const x = plot.posToVal(left, "x");
    const texts = lines.slice(0, MOST).flatMap((line) => lineTexts(line, x));
    const [first] = lines;
    const place = first === undefined ? -1 : nearest(first, x);
    const head = source.placeText(first?.xs[place] ?? x);
    tip.replaceChildren(...[head, ...texts].map(row));
    const isRight = left > plot.over.clientWidth / 2;
    const at = `${Math.round(left)}px`;
    tip.style.transform = isRight
      ? `translateX(calc(${at} - 100% - 8px))`
      : `translateX(calc(${at} + 8px))`;
  };
}

function lineTexts(line: PlottedLine, x: number): string[] {
  const i = nearest(line, x);
  if (i < 0) return [];
  const [min, max, last] = [line.min[i], line.max[i], line.last[i]];
  const isSpread = min !== max && min !== null && max !== null;
  const value = last === null ? "not finite" : number(last);
  const spread = isSpread ? ` (${number(min)} to ${number(max)})` : "";
  const smooth = line.smooth?.[i];
  const more = smooth === undefined || smooth === null
    ? ""
    : `, smoothed ${number(smooth)}`;
  return [`${line.label}: ${value}${spread}${more}`];
}

function row(text: string): HTMLElement {
  const element = document.createElement("div");
  element.textContent = shown(text);
  return element;
}

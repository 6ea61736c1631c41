/// <reference lib="dom" />
/** A plot as a picture: what is on the screen, with its title. */
import { brief } from "../text.ts";
import type { PlotDrawing } from "./plot_svg.ts";

/** The room for the title, in the pixels of the page. */
const TITLE = 30;

/** A canvas below the plot that belongs to it. */
export interface CanvasBelow {
  readonly canvas: HTMLCanvasElement;
  /** Its place from the left, in the pixels of the page. */
  readonly left: number;
  /** The names of its lanes, which have the same height, from above. */
  readonly names: readonly string[];
}

/** Draws a plot, and what is below it. */
export async function plotPng(
  { plot, title, colour }: PlotDrawing,
  below?: CanvasBelow,
): Promise<Blob> {
  const { canvas } = plot.ctx;
  const ratio = devicePixelRatio;
  const picture = document.createElement("canvas");
  picture.width = canvas.width;
  picture.height = canvas.height + TITLE * ratio + (below?.canvas.height ?? 0);
  const context = picture.getContext("2d");
  if (context === null) throw new Error("The browser draws no pictures");
  context.fillStyle = colour("--back");
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = colour("--text");
  context.font = `${14 * ratio}px sans-serif`;
  context.textAlign = "center";
  context.fillText(brief(title), picture.width / 2, 20 * ratio);
  context.drawImage(canvas, 0, TITLE * ratio);
  if (below !== undefined) {
    const { canvas: lanes, left, names } = below;
    const top = canvas.height + TITLE * ratio;
    context.drawImage(lanes, left * ratio, top);
    context.fillStyle = colour("--text-weak");
    context.font = `${12 * ratio}px sans-serif`;
    context.textAlign = "right";
    context.textBaseline = "middle";
    names.forEach((name, i) => {
      const middle = top + lanes.height * (i + 0.5) / names.length;
      context.fillText(name, (left - 10) * ratio, middle);
    });
  }
  return await new Promise((done, fail) =>
    picture.toBlob((blob) =>
      blob === null ? fail(new Error("The picture is too large")) : done(blob)
    )
  );
}

/// <reference lib="dom" />
/** A chart as a picture: what is on the screen, with its title. */
import type { ChartDrawing } from "./chart_svg.ts";
import { shown } from "../text.ts";

/** The room for the title, in the pixels of the page. */
const TITLE = 30;

/** Draws a chart. */
export async function chartPng(
  { plot, title, colour }: ChartDrawing,
): Promise<Blob> {
  const { canvas } = plot.ctx;
  const ratio = devicePixelRatio;
  const picture = document.createElement("canvas");
  picture.width = canvas.width;
  picture.height = canvas.height + TITLE * ratio;
  const context = picture.getContext("2d");
  if (context === null) throw new Error("The browser draws no pictures");
  context.fillStyle = colour("--back");
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = colour("--text");
  context.font = `${14 * ratio}px sans-serif`;
  context.textAlign = "center";
  context.fillText(shown(title), picture.width / 2, 20 * ratio);
  context.drawImage(canvas, 0, TITLE * ratio);
  return await new Promise((done, fail) =>
    picture.toBlob((blob) =>
      blob === null ? fail(new Error("The picture is too large")) : done(blob)
    )
  );
}

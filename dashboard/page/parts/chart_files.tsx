/// <reference lib="dom" />
/** The files of a chart. */
import type { VNode } from "preact";
import { chartPng } from "../files/chart_png.ts";
import { type ChartDrawing, chartSvg } from "../files/chart_svg.ts";
import { shown } from "../text.ts";
import { fileName, save, saveText } from "../files/save.ts";

/** Buttons that save what the chart shows. */
export function ChartFiles({ name, drawing }: {
  readonly name: string;
  /** What the chart shows; `undefined` if it is not drawn yet. */
  drawing(): ChartDrawing | undefined;
}): VNode {
  const file = fileName(name);
  const saveSvg = () => {
    const found = drawing();
    if (found) saveText(`${file}.svg`, chartSvg(found), "image/svg+xml");
  };
  const savePng = async () => {
    const found = drawing();
    if (found) save(`${file}.png`, await chartPng(found));
  };
  return (
    <div class="files">
      <button type="button" class="file-button" onClick={saveSvg}>
        SVG<span class="hidden">of {shown(name)}</span>
      </button>
      <button type="button" class="file-button" onClick={savePng}>
        PNG<span class="hidden">of {shown(name)}</span>
      </button>
    </div>
  );
}

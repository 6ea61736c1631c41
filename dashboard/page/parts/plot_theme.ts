/// <reference lib="dom" />
/** The colours of plots: those of the theme that is shown. */
import type uPlot from "uplot";

/** The colour of a variable of `theme.css`. */
export type ColourOf = (name: string) => string;

/** Reads the colours where an element is. */
export function coloursAt(element: Element): ColourOf {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

/** The look of an axis. */
export function axisLook(colour: ColourOf): uPlot.Axis {
  return {
    stroke: colour("--text-weak"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
  };
}

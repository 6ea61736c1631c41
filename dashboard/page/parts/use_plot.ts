/// <reference lib="dom" />
/** The life of a plot: it fills its element, and is made again for another shape and for the colours of the other scheme. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";

/** The element of a plot, and the plot once it is made. */
export interface PlotOf {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly plot: { readonly current: uPlot | undefined };
}

/**
 * Keeps a plot in an element.
 *
 * @param make Makes the plot in the element, as the view is then.
 * @param shape What a plot cannot change once it is made: it is made again when this differs.
 * @param height Pixels.
 */
export function usePlot(
  make: (parent: HTMLElement) => uPlot,
  shape: string,
  height: number,
): PlotOf {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(make);
  latest.current = make;
  // With the rest of the view: otherwise a frame is drawn in which the plot is missing.
  useLayoutEffect(() => {
    const parent = box.current;
    if (parent === null) return;
    const remake = () => {
      plot.current?.destroy();
      plot.current = latest.current(parent);
    };
    remake();
    const resize = new ResizeObserver(() => {
      const width = parent.clientWidth;
      if (width > 0 && width !== plot.current?.width) {
        plot.current?.setSize({ width, height });
      }
    });
    resize.observe(parent);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", remake);
    return () => {
      scheme.removeEventListener("change", remake);
      resize.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape, height]);
  return { box, plot };
}

/// <reference lib="dom" />
/**
 * A chart of curves as envelopes: the band reaches from the least to the greatest value of each part, so that no
 * spike is lost at any width; the line is the last value of each part.
 */
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { CurveReply } from "../../api_types.ts";

/** A curve of the chart. */
export interface ChartLine {
  readonly label: string;
  /** The number of its colour; see `theme.css`. */
  readonly colour: number;
  readonly curve: CurveReply;
}

/** The steps that are shown. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** The chart's curves, and what it reports. */
export interface ChartProps {
  /** What it shows, for people who do not see it. */
  readonly label: string;
  readonly lines: readonly ChartLine[];
  readonly isLog?: boolean;
  readonly height?: number;
  /** Charts with the same name have one cursor. */
  readonly syncKey?: string;
  /** A person chose steps by dragging; `undefined` for all, by a double click. */
  onRange?(range: StepRange | undefined): void;
}

/** The number of colours in `theme.css`. */
const COLOURS = 8;

/** The chart. */
export function Chart(props: ChartProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { lines, isLog, height = 260, label } = props;
  // A plot is made once for each set of lines; new points go into the one that there is.
  const shape = JSON.stringify([
    lines.map((line) => [line.label, line.colour]),
    isLog,
    height,
  ]);
  useEffect(() => {
    const parent = box.current;
    if (parent === null) return;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(parent, latest),
        dataOf(latest.current.lines),
        parent,
      );
    };
    make();
    const resize = new ResizeObserver(() => {
      const width = parent.clientWidth;
      if (width > 0 && width !== plot.current?.width) {
        plot.current?.setSize({ width, height });
      }
    });
    resize.observe(parent);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", make);
    return () => {
      scheme.removeEventListener("change", make);
      resize.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(dataOf(lines)), [lines]);
  return (
    <div
      class="chart"
      role="img"
      aria-label={label}
      style={{ minHeight: `${height}px` }}
      ref={box}
    />
  );
}

/** One list of steps for all curves, and three lists of values for each. */
function dataOf(lines: readonly ChartLine[]): uPlot.AlignedData {
  const tables = lines.map(({ curve: { steps, min, max, last } }) =>
    [[...steps], [...min], [...max], [...last]] as uPlot.AlignedData
  );
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

function optionsOf(
  parent: HTMLElement,
  latest: { readonly current: ChartProps },
): uPlot.Options {
  const { lines, isLog, height = 260, syncKey } = latest.current;
  const style = getComputedStyle(parent);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour("--text-weak"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
  };
  return {
    width: Math.max(1, parent.clientWidth),
    height,
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      ...(syncKey !== undefined && { sync: { key: syncKey } }),
      bind: {
        dblclick: () => () => {
          latest.current.onRange?.(undefined);
          return null;
        },
      },
    },
    scales: { x: { time: false }, y: isLog ? { distr: 3 } : {} },
    axes: [{ ...axis, space: 70, values: labels }, {
      ...axis,
      size: 64,
      values: labels,
    }],
    series: [{}, ...lines.flatMap((line) => seriesOf(line, colour))],
    bands: lines.map((line, i) => ({
      series: [3 * i + 2, 3 * i + 1],
      fill: `${colour(`--curve-${line.colour % COLOURS}`)}38`,
    })),
    hooks: {
      setSelect: [(chart) => {
        const { left, width } = chart.select;
        if (width < 4) return;
        const [from, to] = [
          chart.posToVal(left, "x"),
          chart.posToVal(left + width, "x"),
        ];
        chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        latest.current.onRange?.({ from: Math.floor(from), to: Math.ceil(to) });
      }],
    },
  };
}

/** Writes the numbers of an axis: `200k`, `1.5M`, `0.001`. */
function labels(_chart: uPlot, values: readonly number[]): string[] {
  return values.map((value) => COMPACT.format(value));
}

const COMPACT = new Intl.NumberFormat("en", {
  notation: "compact",
  maximumSignificantDigits: 6,
});

function seriesOf(
  line: ChartLine,
  colour: (name: string) => string,
): uPlot.Series[] {
  const stroke = colour(`--curve-${line.colour % COLOURS}`);
  // Edges of their own, because a band that is one pixel wide can hardly be seen.
  const edge: uPlot.Series = {
    stroke: `${stroke}90`,
    spanGaps: true,
    width: 1,
    points: { show: false },
  };
  return [
    edge,
    edge,
    {
      label: line.label,
      stroke,
      width: 1.5,
      spanGaps: true,
      points: { size: 4 },
    },
  ];
}

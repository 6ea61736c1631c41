/** The legend of a chart, with a link to each run. */
import type { VNode } from "preact";
import type { ChartLine } from "./chart.tsx";

/** The legend. */
export function Legend({ lines, hrefOf }: {
  readonly lines: readonly ChartLine[];
  /** The address that the name of a line leads to. */
  hrefOf?(line: ChartLine): string;
}): VNode {
  return (
    <ul class="legend">
      {lines.map((line) => (
        <li key={line.label}>
          <span class={`swatch curve-${line.colour % 8}`} aria-hidden="true" />
          {hrefOf === undefined
            ? line.label
            : <a href={hrefOf(line)}>{line.label}</a>}
        </li>
      ))}
    </ul>
  );
}

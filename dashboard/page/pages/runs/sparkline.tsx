/// <reference lib="dom" />
/** The curve of a run, small, in its row of the table. */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { shareOf } from "../../parts/share_of.ts";
import { type Line, wantLine } from "./sparkline_batches.ts";

const [WIDTH, HEIGHT, EDGE] = [104, 22, 2];

/** The curve. The band reaches from the least to the greatest value of each part, so that no spike is lost. */
export function Sparkline({ id, metric, stamp }: {
  readonly id: number;
  readonly metric: string;
  /** Differs when the curve has changed. */
  readonly stamp: string;
}): VNode {
  const [line, setLine] = useState<Line | undefined>(undefined);
  useEffect(() => wantLine({ id, metric, stamp }, setLine), [
    id,
    metric,
    stamp,
  ]);
  return (
    <svg class="spark" width={WIDTH} height={HEIGHT} aria-hidden="true">
      {line && <path class="spark-band" d={bandOf(line)} />}
      {line && <path class="spark-line" d={pathOf(line)} />}
    </svg>
  );
}

interface Frame {
  x(step: number): number;
  y(value: number): number;
}

function frameOf({ steps, min, max }: Line): Frame {
  const least = min.reduce<number>((a, b) => Math.min(a, b ?? a), Infinity);
  const most = max.reduce<number>((a, b) => Math.max(a, b ?? a), -Infinity);
  const [first = 0, last = 0] = [steps[0], steps.at(-1)];
  return {
    x: (step) =>
      EDGE + (WIDTH - 2 * EDGE) * (step - first) / (last - first || 1),
    y: (value) =>
      HEIGHT - EDGE -
      (HEIGHT - 2 * EDGE) *
        (most > least ? shareOf(value, least, most) : 0.5),
  };
}

function pathOf(line: Line): string {
  return through(frameOf(line), line.steps, line.last);
}

function bandOf(line: Line): string {
  const frame = frameOf(line);
  const there = through(frame, line.steps, line.max);
  const back = through(frame, line.steps.toReversed(), line.min.toReversed());
  return line.steps.length < 2 || there === ""
    ? ""
    : `${there}${back.replace("M", "L")}z`;
}

function through(
  { x, y }: Frame,
  steps: readonly number[],
  values: readonly (number | null)[],
): string {
  const points = steps.flatMap((step, i) => {
    const value = values[i] ?? null;
    return value === null
      ? []
      : [`${x(step).toFixed(1)} ${y(value).toFixed(1)}`];
  });
  // A single point is a dot.
  return points.length === 0
    ? ""
    : `M${points.join("L")}${points.length === 1 ? "h0" : ""}`;
}

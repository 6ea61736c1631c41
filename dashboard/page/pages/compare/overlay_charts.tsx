/// <reference lib="dom" />
/** A chart for each metric, with the curves of all runs, and one cursor over all charts. */
import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { ComparedRun, CurveReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { changes } from "../../live.ts";
import { Chart, type ChartLine, type StepRange } from "../../parts/chart.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useRequest } from "../../request.ts";
import { number, shown } from "../../text.ts";
import type { Pick, Picks } from "./picks.ts";

/** The most curves that are read at first. */
const MOST_CURVES = 60;

/** Charts with this name have one cursor. */
const SYNC = "compare";

interface OverlayProps {
  readonly runs: readonly ComparedRun[];
  readonly hidden: ReadonlySet<number>;
  readonly picks: Picks;
  onPick(pick: Pick): void;
}

/** The charts; the first metric is the one that was chosen. */
export function OverlayCharts(
  props: OverlayProps & { readonly metrics: readonly string[] },
): VNode {
  const { runs, metrics } = props;
  const [range, setRange] = useState<StepRange>();
  const [more, setMore] = useState(0);
  const count = Math.max(1, Math.floor(MOST_CURVES / runs.length)) + more;
  return (
    <>
      <p class="weak">
        {range === undefined
          ? "Drag to zoom."
          : `Steps ${range.from} to ${range.to}; double click for all.`}
      </p>
      <div class="overlays">
        {metrics.slice(0, count).map((metric, i) => (
          <Overlay
            key={metric}
            {...props}
            metric={metric}
            height={i === 0 ? 360 : 220}
            range={range}
            onRange={setRange}
          />
        ))}
      </div>
      {metrics.length > count && (
        <button
          type="button"
          onClick={() => setMore(more + 4)}
        >
          {metrics.length - count} more metrics
        </button>
      )}
    </>
  );
}

function Overlay(
  props: OverlayProps & {
    readonly metric: string;
    readonly height: number;
    readonly range: StepRange | undefined;
    readonly onRange: (range: StepRange | undefined) => void;
  },
): VNode {
  const { runs, metric, range } = props;
  const having = runs.map((run, colour) => ({ run, colour })).filter((
    { run: { metrics } },
  ) => metrics.some((one) => one.metric === metric));
  const ids = having.map(({ run }) => run.id);
  const isRunning = having.some(({ run }) => run.status === "running");
  const state = useRequest<CurveReply[]>(
    (signal) =>
      Promise.all(
        ids.map((id) =>
          read<CurveReply>(`/api/runs/${id}/curve`, {
            metric,
            width: 800,
            ...range,
          }, signal)
        ),
      ),
    [ids.join(), metric, range?.from, range?.to, isRunning && changes.value],
  );
  const lacking = runs.length - ids.length;
  return (
    <figure class="overlay" data-metric={metric}>
      <figcaption>
        <strong>{shown(metric)}</strong>
        {lacking > 0 && (
          <span class="weak">
            {" "}
            {lacking} of the runs {lacking === 1 ? "has" : "have"} none
          </span>
        )}
      </figcaption>
      <Loaded state={state} what="the curves">
        {(curves) => (
          <Drawn
            {...props}
            lines={curves.flatMap((curve, i) => {
              const one = having[i];
              return one === undefined || props.hidden.has(one.run.id) ? [] : [{
                label: `run ${one.run.id}`,
                colour: one.colour,
                curve,
                run: one.run.id,
              }];
            })}
          />
        )}
      </Loaded>
    </figure>
  );
}

interface RunLine extends ChartLine {
  readonly run: number;
}

function Drawn({ lines, metric, height, onRange, onPick, picks }:
  & OverlayProps
  & {
    readonly lines: readonly RunLine[];
    readonly metric: string;
    readonly height: number;
    readonly onRange: (range: StepRange | undefined) => void;
  }): VNode {
  const box = useRef<HTMLDivElement>(null);
  const pressed = useRef(0);
  const [readout, setReadout] = useState("");
  const pickAt = (event: MouseEvent): Pick | undefined => {
    const found = nearest(box.current, lines, event);
    return found && { ...found, metric };
  };
  if (lines.length === 0) {
    return <p class="weak">All runs of this chart are hidden.</p>;
  }
  return (
    <div
      ref={box}
      class="overlay-chart"
      onMouseDown={(event) => {
        pressed.current = event.clientX;
      }}
      onMouseMove={(event) => {
        const at = pickAt(event);
        setReadout(
          at === undefined
            ? ""
            : `run ${at.run}, step ${at.step}: ${number(at.value)}`,
        );
      }}
      onMouseLeave={() => setReadout("")}
      onClick={(event) => {
        // What was dragged is a zoom.
        if (Math.abs(event.clientX - pressed.current) > 3) return;
        const pick = pickAt(event);
        if (pick !== undefined) onPick(pick);
      }}
    >
      <Chart
        label={`${metric} of ${lines.map(({ label }) => label).join(", ")}`}
        lines={lines}
        height={height}
        syncKey={SYNC}
        onRange={onRange}
      />
      <p class="readout">{readout || picked(picks, metric)}</p>
    </div>
  );
}

function picked({ a, b }: Picks, metric: string): string {
  return [a, b].flatMap((pick) =>
    pick?.step === undefined || pick.metric !== metric
      ? []
      : `run ${pick.run}, step ${pick.step}: ${number(pick.value)}`
  ).join(" · ") || "\u00a0";
}

/** Finds the point of a curve that is nearest to the pointer. */
function nearest(
  box: HTMLElement | null,
  lines: readonly RunLine[],
  { clientX, clientY }: MouseEvent,
): { run: number; step: number; value: number } | undefined {
  const over = box?.querySelector(".u-over");
  const plot = uPlot.sync(SYNC).plots.find((one) =>
    box?.contains(one.root) === true
  );
  if (over == null || plot === undefined) return undefined;
  const { left, top } = over.getBoundingClientRect();
  const [x, y] = [clientX - left, clientY - top];
  const step = plot.posToVal(x, "x");
  let best: { run: number; step: number; value: number } | undefined;
  let least = Infinity;
  for (const { run, curve: { steps, last } } of lines) {
    const at = placeOf(steps, step);
    for (const i of [at - 1, at]) {
      const [stepAt, value] = [steps[i], last[i]];
      if (stepAt === undefined || value === undefined || value === null) {
        continue;
      }
      const distance = Math.hypot(
        plot.valToPos(stepAt, "x") - x,
        plot.valToPos(value, "y") - y,
      );
      if (distance >= least) continue;
      [least, best] = [distance, { run, step: stepAt, value }];
    }
  }
  return best;
}

/** The place of the first step that is at least as great. */
function placeOf(steps: readonly number[], step: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? 0) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

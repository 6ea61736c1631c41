/** A chart for each metric, with the curves of all runs, and one cursor over all charts. */
import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { ComparedRun } from "../../../api_types.ts";
import { useLiveRequest } from "../../live_request.ts";
import { Chart } from "../../parts/chart.tsx";
import type { ChartPoint } from "../../parts/chart_points.ts";
import {
  axisOf,
  lineOf,
  queryKey,
  readCurve,
  type ShownCurve,
} from "../../parts/curve_lines.ts";
import { type CurveView, setView } from "../../parts/curve_view.ts";
import { Loaded } from "../../parts/states.tsx";
import { brief, number, shown } from "../../text.ts";
import type { Pick, Picks } from "./picks.ts";

/** The most curves that are read at first. */
const MOST_CURVES = 60;

const WIDTH = 800;

/** Charts with this name have one cursor. */
const SYNC = "compare";

interface OverlayProps {
  readonly runs: readonly ComparedRun[];
  readonly hidden: ReadonlySet<number>;
  readonly view: CurveView;
  readonly picks: Picks;
  onPick(pick: Pick): void;
}

/** The charts; the first metric is the one that was chosen. */
export function OverlayCharts(
  props: OverlayProps & { readonly metrics: readonly string[] },
): VNode {
  const { runs, metrics } = props;
  const [more, setMore] = useState(0);
  const count = Math.max(1, Math.floor(MOST_CURVES / runs.length)) + more;
  return (
    <>
      <div class="overlays">
        {metrics.slice(0, count).map((metric, i) => (
          <Overlay
            key={metric}
            {...props}
            metric={metric}
            height={i === 0 ? 360 : 220}
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

interface MetricProps extends OverlayProps {
  readonly metric: string;
  readonly height: number;
}

function Overlay(props: MetricProps): VNode {
  const { runs, metric, view } = props;
  const having = runs.map((run, colour) => ({ run, colour })).filter((
    { run: { metrics } },
  ) => metrics.some((one) => one.metric === metric));
  const ids = having.map(({ run }) => run.id);
  const isRunning = having.some(({ run }) => run.status === "running");
  const state = useLiveRequest(
    (signal) =>
      Promise.all(
        ids.map((run) =>
          readCurve({ run, metric, width: WIDTH }, view, signal)
        ),
      ),
    [ids.join(), metric, queryKey(view), isRunning],
    isRunning,
  );
  const lacking = runs.length - ids.length;
  return (
    <figure class="overlay" data-metric={metric}>
      <figcaption>
        <strong title={shown(metric)}>{brief(metric)}</strong>
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
            curves={curves.flatMap((curve, i) => {
              const one = having[i];
              return one === undefined || props.hidden.has(one.run.id)
                ? []
                : [{ ...one, curve }];
            })}
          />
        )}
      </Loaded>
    </figure>
  );
}

interface RunCurve {
  readonly run: ComparedRun;
  readonly colour: number;
  readonly curve: ShownCurve;
}

function Drawn(
  { curves, view, metric, height, onPick, picks }: MetricProps & {
    readonly curves: readonly RunCurve[];
  },
): VNode {
  const [near, setNear] = useState<ChartPoint>();
  const { isLog, weight, axis, range } = view;
  const lines = useMemo(
    () =>
      curves.map(({ run, colour, curve }) =>
        lineOf(curve, {
          label: `run ${run.id}`,
          colour,
          started: run.started,
        }, view)
      ),
    // The curves are a new list each time, of things that are the same.
    [
      ...curves.flatMap(({ run, curve }) => [run.id, curve]),
      weight,
      axis,
      range === undefined,
    ],
  );
  if (lines.length === 0) {
    return <p class="weak">All runs of this chart are hidden.</p>;
  }
  const runOf = (point: ChartPoint | undefined) =>
    curves[point?.line ?? -1]?.run.id;
  const nearRun = runOf(near);
  return (
    <div class="overlay-chart">
      <Chart
        label={`${metric} of ${lines.map(({ label }) => label).join(", ")}`}
        lines={lines}
        height={height}
        isLog={isLog}
        axis={axisOf(curves.map(({ curve }) => curve.curve), axis)}
        syncKey={SYNC}
        isZoomed={range !== undefined}
        onRange={(range) => setView({ range })}
        onHover={setNear}
        onPick={(point) => {
          const run = runOf(point);
          if (point === undefined || run === undefined) return;
          onPick({ run, point: { metric, step: point.step } });
        }}
      />
      <p class="readout">
        {near === undefined || nearRun === undefined
          ? picked(picks, metric)
          : `${place(nearRun, near.step)}: ${
            near.value === null ? "not finite" : number(near.value)
          }`}
      </p>
    </div>
  );
}

function place(run: number, step: number): string {
  return `run ${run}, step ${step}`;
}

/** Which points are picked; their values stand above all charts. */
function picked({ a, b }: Picks, metric: string): string {
  return [a, b].flatMap((pick) =>
    pick?.point?.metric === metric ? place(pick.run, pick.point.step) : []
  ).join(" · ") || "\u00a0";
}

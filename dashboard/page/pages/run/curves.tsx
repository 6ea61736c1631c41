/** The curves of a run, a chart for each metric, with one cursor. */
import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { CurveReply, MetricRow, RunReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { changes } from "../../live.ts";
import { Chart } from "../../parts/chart.tsx";
import type { AxisKind } from "../../parts/chart_axis.ts";
import type { ChartLine } from "../../parts/chart_data.ts";
import { Section } from "../../parts/section.tsx";
import { smooth } from "../../parts/smooth.ts";
import { Loaded } from "../../parts/states.tsx";
import { useRequest } from "../../request.ts";
import { number, shown } from "../../text.ts";
import {
  type CurveView,
  MOST_WEIGHT,
  readView,
  setView,
} from "./curve_view.ts";
import { WhyHere } from "./why_here.tsx";

/** Parts of a curve: about one a pixel. */
const WIDTH = 1200;

/** The charts. A range that is chosen in one holds for all. */
export function Curves({ run, query }: {
  readonly run: RunReply;
  readonly query: URLSearchParams;
}): VNode {
  const view = readView(query);
  const { range } = view;
  return (
    <Section
      title="Metrics"
      note={range === undefined
        ? "drag to zoom"
        : `steps ${range.from} to ${range.to}; double click for all`}
    >
      <Settings view={view} />
      <div class="charts">
        {run.metrics.map((metric) => (
          <Curve key={metric.metric} run={run} metric={metric} view={view} />
        ))}
      </div>
    </Section>
  );
}

const AXES: readonly (readonly [axis: AxisKind, text: string])[] = [
  ["step", "step"],
  ["elapsed", "time since the start"],
  ["clock", "time of day"],
];

function Settings({ view }: { readonly view: CurveView }): VNode {
  return (
    <div class="curve-settings">
      <label class="choice">
        <input
          type="checkbox"
          checked={view.isLog}
          onChange={(event) => setView({ isLog: event.currentTarget.checked })}
        />{" "}
        log scale
      </label>
      <label class="choice">
        smoothing{" "}
        <input
          type="range"
          min={0}
          max={MOST_WEIGHT}
          step={0.01}
          value={view.weight}
          onInput={(event) =>
            setView({ weight: Number(event.currentTarget.value) })}
        />{" "}
        {view.weight.toFixed(2)}
      </label>
      <label class="choice">
        by{" "}
        <select
          aria-label="by"
          value={view.axis}
          onChange={(event) => {
            const chosen = AXES.find(([axis]) =>
              axis === event.currentTarget.value
            );
            if (chosen !== undefined) setView({ axis: chosen[0] });
          }}
        >
          {AXES.map(([axis, text]) => (
            <option key={axis} value={axis}>{text}</option>
          ))}
        </select>
      </label>
      {view.range !== undefined && (
        <button
          type="button"
          onClick={() => setView({ range: undefined })}
        >
          All steps
        </button>
      )}
    </div>
  );
}

function Curve({ run, metric, view }: {
  readonly run: RunReply;
  readonly metric: MetricRow;
  readonly view: CurveView;
}): VNode {
  const { range, axis } = view;
  const name = metric.metric;
  const [picked, setPicked] = useState<number>();
  const hasTimes = axis !== "step";
  const state = useRequest<CurveReply>(
    (signal) =>
      read(`/api/runs/${run.id}/curve`, {
        metric: name,
        width: WIDTH,
        times: hasTimes ? 1 : undefined,
        ...range,
      }, signal),
    [
      run.id,
      name,
      range?.from,
      range?.to,
      hasTimes,
      run.status === "running" ? changes.value : 0,
    ],
  );
  return (
    <figure class="curve">
      <figcaption>
        <strong>{shown(name)}</strong> last {number(metric.last)}, min{" "}
        {number(metric.min)}, max {number(metric.max)}, {metric.count} points
        {metric.divergedAt !== undefined && (
          <em>
            diverged at step {metric.divergedAt}; {metric.nonfinite === 1
              ? "1 value is"
              : `${metric.nonfinite} values are`} not finite
          </em>
        )}
      </figcaption>
      <Loaded state={state} what="the curve">
        {(curve) => (
          <Drawn
            run={run}
            curve={curve}
            view={view}
            onPick={setPicked}
          />
        )}
      </Loaded>
      {picked !== undefined && (
        <WhyHere
          run={run}
          metric={name}
          step={picked}
          onClose={() => setPicked(undefined)}
        />
      )}
    </figure>
  );
}

function Drawn({ run, curve, view: { isLog, weight, axis }, onPick }: {
  readonly run: RunReply;
  readonly curve: CurveReply;
  readonly view: CurveView;
  onPick(step: number): void;
}): VNode {
  // Until the times arrive, the curve that is here is shown as it is.
  const kind = curve.times === undefined ? "step" : axis;
  const lines = useMemo(
    (): ChartLine[] => [{
      label: shown(curve.metric),
      colour: 0,
      curve,
      ...(kind !== "step" && { xs: placesOf(curve, kind, run.started) }),
      ...(weight > 0 && { smooth: smooth(curve.last, weight) }),
    }],
    [curve, weight, kind, run.started],
  );
  return (
    <Chart
      label={`${shown(curve.metric)} of run ${run.id}`}
      lines={lines}
      isLog={isLog}
      axis={kind}
      syncKey={`run-${run.id}`}
      onRange={(range) => setView({ range })}
      onPick={onPick}
    />
  );
}

/** Seconds since 1970, or since the start of the run. */
function placesOf(
  { times = [] }: CurveReply,
  axis: AxisKind,
  started: number | undefined,
): number[] {
  const first = times.find((time) => time !== null) ?? 0;
  const start = axis === "clock" ? 0 : Math.min(started ?? first, first);
  let before = first;
  return times.map((time) => {
    before = time ?? before;
    return (before - start) / 1000;
  });
}

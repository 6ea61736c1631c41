/** The curves of a run, a chart for each metric, with one cursor. */
import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { MetricRow, RunReply } from "../../../api_types.ts";
import { useLiveRequest } from "../../live_request.ts";
import { Chart } from "../../parts/chart.tsx";
import {
  axisOf,
  lineOf,
  queryKey,
  readCurve,
  type ShownCurve,
} from "../../parts/curve_lines.ts";
import { CurveSettings, rangeText } from "../../parts/curve_settings.tsx";
import { type CurveView, readView, setView } from "../../parts/curve_view.ts";
import { Section } from "../../parts/section.tsx";
import { Loaded } from "../../parts/states.tsx";
import { brief, number, shown } from "../../text.ts";
import { WhyHere } from "./why_here.tsx";

const WIDTH = 1200;

/** The charts. A range that is chosen in one holds for all. */
export function Curves({ run, query }: {
  readonly run: RunReply;
  readonly query: URLSearchParams;
}): VNode {
  const view = readView(query);
  return (
    <Section title="Metrics" note={rangeText(view)}>
      <CurveSettings view={view} />
      <div class="charts">
        {run.metrics.map((metric) => (
          <Curve key={metric.metric} run={run} metric={metric} view={view} />
        ))}
      </div>
    </Section>
  );
}

function Curve({ run, metric, view }: {
  readonly run: RunReply;
  readonly metric: MetricRow;
  readonly view: CurveView;
}): VNode {
  const name = metric.metric;
  const [picked, setPicked] = useState<number>();
  const state = useLiveRequest(
    (signal) =>
      readCurve({ run: run.id, metric: name, width: WIDTH }, view, signal),
    [run.id, name, queryKey(view), run.status],
    run.status === "running",
  );
  return (
    <figure class="curve">
      <figcaption>
        <strong title={shown(name)}>{brief(name)}</strong> last{" "}
        {number(metric.last)}, min {number(metric.min)}, max{" "}
        {number(metric.max)}, {metric.count} points
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
            picked={picked}
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

function Drawn({ run, curve, view, picked, onPick }: {
  readonly run: RunReply;
  readonly curve: ShownCurve;
  readonly view: CurveView;
  readonly picked: number | undefined;
  onPick(step: number | undefined): void;
}): VNode {
  const { isLog, weight, axis, range } = view;
  const name = shown(curve.curve.metric);
  const lines = useMemo(
    () => [
      lineOf(curve, { label: name, colour: 0, started: run.started }, view),
    ],
    [curve, weight, axis, range === undefined, run.started],
  );
  return (
    <Chart
      label={`${name} of run ${run.id}`}
      lines={lines}
      isLog={isLog}
      axis={axisOf([curve.curve], axis)}
      syncKey={`run-${run.id}`}
      isZoomed={range !== undefined}
      marks={picked === undefined ? [] : [{
        step: picked,
        text: `step ${picked}`,
      }]}
      onRange={(range) => setView({ range })}
      onPick={(point) => onPick(point?.step)}
    />
  );
}

/** The curves of a run, a chart for each metric, with one cursor. */
import type { VNode } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
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
import {
  type MetricPoint,
  pointAsText,
  pointIn,
} from "../../parts/point_text.ts";
import { Section } from "../../parts/section.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useNear } from "../../parts/use_near.ts";
import { set } from "../../router.ts";
import { brief, number, shown } from "../../text.ts";
import { WhyHere } from "./why_here.tsx";

const WIDTH = 1200;

/** The charts that are read at once; others when they are near what a person sees. */
const FIRST = 8;

/** The charts. A range that is chosen in one holds for all. */
export function Curves({ run, query }: {
  readonly run: RunReply;
  readonly query: URLSearchParams;
}): VNode {
  const view = readView(query);
  const point = pointIn(query.get("point") ?? "", run.metrics);
  const isLinked = useRef(true);
  const pick = (point: MetricPoint | undefined) => {
    isLinked.current = false;
    set({ point: point && pointAsText(point) });
  };
  return (
    <Section title="Metrics" note={rangeText(view)}>
      <CurveSettings view={view} />
      <div class="charts">
        {run.metrics.map((metric, i) => (
          <Curve
            key={metric.metric}
            run={run}
            metric={metric}
            view={view}
            isFirst={i < FIRST}
            picked={point?.metric === metric.metric ? point.step : undefined}
            isLinked={isLinked.current}
            onPick={pick}
          />
        ))}
      </div>
    </Section>
  );
}

function Curve({ run, metric, view, isFirst, picked, isLinked, onPick }: {
  readonly run: RunReply;
  readonly metric: MetricRow;
  readonly view: CurveView;
  readonly isFirst: boolean;
  /** The step that is picked here. */
  readonly picked: number | undefined;
  /** Whether the point is that of the link, and not one that a person has picked since. */
  readonly isLinked: boolean;
  onPick(point: MetricPoint | undefined): void;
}): VNode {
  const name = metric.metric;
  const [box, isNear] = useNear<HTMLElement>(isFirst);
  const pick = (step: number | undefined) => {
    if (step !== undefined) onPick({ metric: name, step });
    // A double click on this chart leaves the point of another one.
    else if (picked !== undefined) onPick(undefined);
  };
  useLayoutEffect(() => {
    if (picked === undefined || !isLinked) return;
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <figure class="curve" ref={box}>
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
      {isNear && (
        <Read
          run={run}
          name={name}
          view={view}
          picked={picked}
          onPick={pick}
        />
      )}
      {picked !== undefined && (
        <WhyHere
          run={run}
          metric={name}
          step={picked}
          hasFocus={!isLinked}
          onClose={() => pick(undefined)}
        />
      )}
    </figure>
  );
}

function Read({ run, name, view, picked, onPick }: {
  readonly run: RunReply;
  readonly name: string;
  readonly view: CurveView;
  readonly picked: number | undefined;
  onPick(step: number | undefined): void;
}): VNode {
  const state = useLiveRequest(
    (signal) =>
      readCurve({ run: run.id, metric: name, width: WIDTH }, view, signal),
    [run.id, name, queryKey(view), run.status],
    run.status === "running",
  );
  return (
    <Loaded state={state} what="the curve">
      {(curve) => (
        <Drawn
          run={run}
          curve={curve}
          view={view}
          picked={picked}
          onPick={onPick}
        />
      )}
    </Loaded>
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

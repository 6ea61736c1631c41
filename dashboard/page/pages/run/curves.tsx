/** The curves of a run, a chart for each metric, with one cursor. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { CurveReply, MetricRow, RunReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { changes } from "../../live.ts";
import { Chart, type StepRange } from "../../parts/chart.tsx";
import { Section } from "../../parts/section.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useRequest } from "../../request.ts";
import { number, shown } from "../../text.ts";

/** Parts of a curve: about one a pixel. */
const WIDTH = 1200;

/** The charts. A range that is chosen in one holds for all. */
export function Curves({ run }: { readonly run: RunReply }): VNode {
  const [range, setRange] = useState<StepRange>();
  const [isLog, setLog] = useState(false);
  return (
    <Section
      title="Metrics"
      note={range === undefined
        ? "drag to zoom"
        : `steps ${range.from} to ${range.to}; double click for all`}
    >
      <label class="choice">
        <input
          type="checkbox"
          checked={isLog}
          onChange={(event) => setLog(event.currentTarget.checked)}
        />{" "}
        log scale
      </label>
      <div class="charts">
        {run.metrics.map((metric) => (
          <Curve
            key={metric.metric}
            run={run}
            metric={metric}
            range={range}
            isLog={isLog}
            onRange={setRange}
          />
        ))}
      </div>
    </Section>
  );
}

function Curve({ run, metric, range, isLog, onRange }: {
  readonly run: RunReply;
  readonly metric: MetricRow;
  readonly range: StepRange | undefined;
  readonly isLog: boolean;
  readonly onRange: (range: StepRange | undefined) => void;
}): VNode {
  const name = metric.metric;
  const state = useRequest<CurveReply>(
    (signal) =>
      read(`/api/runs/${run.id}/curve`, {
        metric: name,
        width: WIDTH,
        ...range,
      }, signal),
    [
      run.id,
      name,
      range?.from,
      range?.to,
      run.status === "running" ? changes.value : 0,
    ],
  );
  return (
    <figure class="curve">
      <figcaption>
        <strong>{shown(name)}</strong> last {number(metric.last)}, min{" "}
        {number(metric.min)}, max {number(metric.max)}, {metric.count} points
        {metric.divergedAt !== undefined && (
          <em>diverged at step {metric.divergedAt}</em>
        )}
      </figcaption>
      <Loaded state={state} what="the curve">
        {(curve) => (
          <Chart
            label={`${name} of run ${run.id}`}
            lines={[{ label: name, colour: 0, curve }]}
            isLog={isLog}
            syncKey={`run-${run.id}`}
            onRange={onRange}
          />
        )}
      </Loaded>
    </figure>
  );
}

/** The curves of the two runs, the step that was asked about, and where they part. */
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { CurveReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { Chart } from "../../parts/chart.tsx";
import type { ChartMark } from "../../parts/chart_marks.ts";
import {
  lineOf,
  queryKey,
  readCurve,
  type ShownCurve,
} from "../../parts/curve_lines.ts";
import { CurveSettings, rangeText } from "../../parts/curve_settings.tsx";
import {
  type CurveView,
  readView,
  setView,
  stepIn,
} from "../../parts/curve_view.ts";
import { Legend } from "../../parts/legend.tsx";
import { Section } from "../../parts/section.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useRequest } from "../../request.ts";
import { link, set } from "../../router.ts";
import {
  type AtStep,
  atStep,
  atStepText,
  type Parting,
  partingOf,
  partingText,
} from "./parting.ts";

const WIDTH = 1200;

/** Values that are read to find where two runs part. */
const MOST_VALUES = 8_000;

interface CurvesProps {
  readonly runs: readonly [number, number];
  readonly metric: string;
  readonly query: URLSearchParams;
}

/** The section. */
export function WhyCurves({ runs, metric, query }: CurvesProps): VNode {
  const view = viewOf(query);
  const asked = stepIn(query, "step");
  const curves = useRequest(
    (signal) =>
      Promise.all(
        runs.map((run) =>
          readCurve({ run, metric, width: WIDTH }, view, signal)
        ),
      ),
    [runs.join(), metric, queryKey(view)],
  );
  const parting = useRequest(
    async (signal) => {
      const [a, b] = await Promise.all(
        runs.map((run) =>
          read<CurveReply>(`/api/runs/${run}/curve`, {
            metric,
            width: MOST_VALUES,
          }, signal)
        ),
      );
      return partingOf(a!, b!);
    },
    [runs.join(), metric],
  );
  const values = useRequest(
    async (signal): Promise<AtStep | undefined> =>
      asked === undefined ? undefined : atStep(
        asked,
        await Promise.all(
          runs.map((run) =>
            read<CurveReply>(`/api/runs/${run}/curve`, {
              metric,
              width: MOST_VALUES,
              from: asked,
              to: asked,
            }, signal)
          ),
        ),
      ),
    [runs.join(), metric, asked],
  );
  return (
    <Section title="Curves" note={rangeText(view)}>
      <Loaded state={values} what="the values">
        {(found) =>
          found === undefined ? null : (
            <p class="at-step">
              {atStepText(found, runs)}{" "}
              <button type="button" onClick={() => set({ step: undefined })}>
                Clear
              </button>
            </p>
          )}
      </Loaded>
      <Loaded state={parting} what="where they part">
        {(found) => <p class="parting">{partingText(found)}</p>}
      </Loaded>
      <CurveSettings view={view} hasAxis={false} />
      <Loaded state={curves} what="the curves">
        {(found) => (
          <Drawn
            curves={found}
            marks={marksOf(
              asked,
              parting.status === "ready" ? parting.value : undefined,
            )}
            runs={runs}
            metric={metric}
            query={query}
          />
        )}
      </Loaded>
    </Section>
  );
}

/** The view: by step always, because steps are what is compared. */
function viewOf(query: URLSearchParams): CurveView {
  return { ...readView(query), axis: "step" };
}

/** The steps that are marked; one line where both are the same. */
function marksOf(
  asked: number | undefined,
  parting: Parting | undefined,
): ChartMark[] {
  const marks: ChartMark[] = parting?.kind !== "differ" ? [] : [{
    step: parting.step,
    text: `${
      parting.isFirst ? "first differ" : "differ"
    } at step ${parting.step}`,
  }];
  if (asked !== undefined && marks[0]?.step !== asked) {
    marks.push({ step: asked, text: `step ${asked}` });
  }
  return marks;
}

function Drawn({ curves, marks, runs, metric, query }: CurvesProps & {
  readonly curves: readonly ShownCurve[];
  readonly marks: readonly ChartMark[];
}): VNode {
  const view = viewOf(query);
  const { isLog, weight, range } = view;
  const lines = useMemo(
    () =>
      curves.map((curve, i) =>
        lineOf(curve, {
          label: `run ${runs[i]}`,
          colour: i,
          started: undefined,
        }, view)
      ),
    [curves, weight, range === undefined],
  );
  return (
    <>
      <Legend
        lines={lines}
        hrefOf={(line) =>
          link("run", [runs[lines.indexOf(line)] ?? runs[0]], { metric })}
      />
      <Chart
        label={`${metric} of run ${runs[0]} and run ${runs[1]}`}
        lines={lines}
        isLog={isLog}
        marks={marks}
        isZoomed={range !== undefined}
        onRange={(range) => setView({ range })}
        onPick={(point) => point && set({ step: point.step })}
      />
    </>
  );
}

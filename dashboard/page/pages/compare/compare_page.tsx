/** Curves of several runs over each other. `#/compare/1,2,3?metric`. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { CurveReply, RunReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { changes } from "../../live.ts";
import { Chart, type StepRange } from "../../parts/chart.tsx";
import { Legend } from "../../parts/legend.tsx";
import { Section } from "../../parts/section.tsx";
import { Empty, Loaded } from "../../parts/states.tsx";
import { useRequest } from "../../request.ts";
import { link, set } from "../../router.ts";
import { shown } from "../../text.ts";
import type { PageProps } from "../page.ts";

/** The most runs that are drawn. */
const MOST_RUNS = 50;

/** The page. */
export function comparePage({ route }: PageProps): VNode {
  const ids = (route.parts[0] ?? "").split(",").filter((id) => /^\d+$/.test(id))
    .slice(0, MOST_RUNS);
  if (ids.length === 0) {
    return (
      <Empty
        title="No runs are named"
        hint="Select runs in the table, and press c."
      />
    );
  }
  return (
    <Compared
      key={ids.join(",")}
      ids={ids}
      metric={route.query.get("metric") ?? undefined}
    />
  );
}

function Compared(
  { ids, metric }: {
    readonly ids: readonly string[];
    readonly metric: string | undefined;
  },
): VNode {
  const runs = useRequest<RunReply[]>(
    (signal) =>
      Promise.all(
        ids.map((id) => read<RunReply>(`/api/runs/${id}`, {}, signal)),
      ),
    [ids.join(","), changes.value],
  );
  return (
    <Loaded state={runs} what="the runs">
      {(found) => {
        const names = [
          ...new Set(
            found.flatMap(({ metrics }) => metrics.map((one) => one.metric)),
          ),
        ];
        const chosen = metric !== undefined && names.includes(metric)
          ? metric
          : names[0];
        if (chosen === undefined) {return (
            <Empty title="The runs have logged no metrics" />
          );}
        return (
          <Section title="Compare" note={`runs ${ids.join(", ")}`}>
            <select
              aria-label="Metric"
              value={chosen}
              onChange={(event) => set({ metric: event.currentTarget.value })}
            >
              {names.map((name) => (
                <option key={name} value={name}>{shown(name)}</option>
              ))}
            </select>
            <Overlay key={chosen} runs={found} metric={chosen} />
          </Section>
        );
      }}
    </Loaded>
  );
}

function Overlay(
  { runs, metric }: {
    readonly runs: readonly RunReply[];
    readonly metric: string;
  },
): VNode {
  const [range, setRange] = useState<StepRange>();
  const having = runs.filter(({ metrics }) =>
    metrics.some((one) => one.metric === metric)
  );
  const ids = having.map(({ id }) => id);
  const curves = useRequest<CurveReply[]>(
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
    [ids.join(","), metric, range?.from, range?.to, changes.value],
  );
  return (
    <Loaded state={curves} what="the curves">
      {(found) => {
        const lines = found.flatMap((curve, i) =>
          ids[i] === undefined
            ? []
            : [{ label: `run ${ids[i]}`, colour: i, curve }]
        );
        return (
          <>
            <Chart
              label={`${metric} of runs ${ids.join(", ")}`}
              lines={lines}
              height={420}
              onRange={setRange}
            />
            <Legend
              lines={lines}
              hrefOf={({ colour }) =>
                link("run", [ids[colour] ?? 0], { metric })}
            />
          </>
        );
      }}
    </Loaded>
  );
}

/// <reference lib="dom" />
/** A search: its trials, and the drawings of them. */
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { StudyReply } from "../../../search_types.ts";
import { useSelection } from "../../parts/selection.ts";
import { Empty } from "../../parts/states.tsx";
import { type Route, set } from "../../router.ts";
import { number, shown } from "../../text.ts";
import { BestChart } from "./best_chart.tsx";
import { Contour } from "./contour.tsx";
import { Fronts } from "./fronts.tsx";
import { KindLegend } from "./kind_legend.tsx";
import { ImportanceOf } from "./importance.tsx";
import {
  type Brush,
  brushesText,
  isWithin,
  modelOf,
  readBrushes,
} from "./model.ts";
import { Parallel } from "./parallel.tsx";
import { Rungs } from "./rungs.tsx";
import { Slices } from "./slices.tsx";
import { TrialsTable } from "./trials_table.tsx";

/** The view. Its settings are `within`, `metric`, `log`, `contour`, `sort` and `select`. */
export function StudyView(
  { study, route }: { readonly study: StudyReply; readonly route: Route },
): VNode {
  const { query } = route;
  const isLog = query.get("log") === "1";
  const within = query.get("within");
  const model = useMemo(() => modelOf(study, isLog), [study, isLog]);
  const brushes = useMemo(() => readBrushes(within), [within]);
  const chosen = useMemo(
    () => model.trials.filter((one) => isWithin(one, brushes)),
    [model, brushes],
  );
  const rows = useMemo(() => chosen.map(({ row }) => row), [chosen]);
  const cursor = useSignal<number | undefined>(undefined);
  const selection = useSelection(query.get("select"));
  // An address can name trials that there are not.
  const marked =
    [...selection.ids()].findLast((id) =>
      study.rows.some(({ trial }) => trial === id)
    ) ?? cursor.value;
  const { objectives } = study;
  const at = Math.max(
    0,
    objectives.findIndex(({ name }) => name === query.get("metric")),
  );
  const objective = objectives[at];
  const brush = (axis: number, part: Brush | undefined) => {
    const next = new Map(brushes);
    if (part === undefined) next.delete(axis);
    else next.set(axis, part);
    set({ within: brushesText(next) });
  };
  return (
    <>
      <h1>Search {shown(study.id)}</h1>
      <Facts study={study} />
      <Copy study={study} />
      {objective === undefined || study.rows.length === 0
        ? (
          <Empty
            title="This search has no trials yet"
            hint="The page shows them as soon as one starts."
          />
        )
        : (
          <>
            <div class="bar">
              {objectives.length > 1 && (
                <select
                  aria-label="Objective"
                  value={objective.name}
                  onChange={(event) =>
                    set({ metric: event.currentTarget.value })}
                >
                  {objectives.map(({ name }) => (
                    <option key={name} value={name}>{shown(name)}</option>
                  ))}
                </select>
              )}
              <label>
                <input
                  type="checkbox"
                  checked={isLog}
                  onChange={() => set({ log: isLog ? undefined : "1" })}
                />{" "}
                log scale of results
              </label>
              <span class="count" role="status">
                {chosen.length === study.rows.length
                  ? `${study.rows.length} trials`
                  : `${chosen.length} of ${study.rows.length} trials`}
              </span>
              <button
                type="button"
                disabled={brushes.size === 0}
                onClick={() => set({ within: undefined })}
              >
                All trials
              </button>
            </div>
            <KindLegend trials={chosen} />
            <BestChart study={study} isLog={isLog} />
            <Fronts model={model} trials={chosen} marked={marked} />
            <Parallel
              model={model}
              brushes={brushes}
              marked={marked}
              isLeastBest={objectives[0]?.mode === "min"}
              onBrush={brush}
            />
            <TrialsTable
              study={study}
              rows={rows}
              sort={query.get("sort")}
              cursor={cursor}
              selection={selection}
            />
            <Slices
              model={model}
              objective={model.firstObjective + at}
              trials={chosen}
              marked={marked}
            />
            <Contour
              model={model}
              objective={model.firstObjective + at}
              trials={chosen}
              marked={marked}
              chosen={query.get("contour")}
            />
            <ImportanceOf study={study} metric={objective.name} />
            <Rungs rungs={study.rungs} />
          </>
        )}
    </>
  );
}

/** A search that is a copy looks as if it could be resumed here. */
function Copy({ study: { copyOf } }: {
  readonly study: StudyReply;
}): VNode | null {
  if (copyOf === undefined) return null;
  return (
    <p class="study-copy">
      <strong>A copy.</strong> The search goes on in{" "}
      <code>{shown(copyOf)}</code>, and cannot be resumed here.
    </p>
  );
}

const SPENT = { trials: "trials", fidelity: "fidelity", seconds: "s" } as const;

function Facts({ study }: { readonly study: StudyReply }): VNode {
  const {
    state,
    objectives,
    sampler,
    scheduler,
    seed,
    sessions,
    spent,
    budget,
  } = study;
  const spending = (Object.keys(SPENT) as (keyof typeof SPENT)[]).map(
    (name) => {
      const most = budget[name];
      return `${number(spent[name])}${
        most === undefined ? "" : ` of ${number(most)}`
      } ${SPENT[name]}`;
    },
  ).join(", ");
  return (
    <p class="weak">
      <span class={`study-${state}`}>{state}</span>
      {" · "}
      {objectives.map(({ name, mode }) =>
        `${mode === "min" ? "least" : "greatest"} ${shown(name)}`
      ).join(", ")}
      {" · "}
      {shown(sampler)}, {shown(scheduler)}, seed {shown(seed)}
      {" · "}
      {spending} in {sessions} {sessions === 1 ? "session" : "sessions"}
    </p>
  );
}

/** Several runs over each other, and what differs among them. `#/compare/1,2,3?metric&hide&a&b&x&scale&smooth&from&to`. */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CompareReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { useKeys } from "../../keys.ts";
import { useLiveRequest } from "../../live_request.ts";
import { CurveSettings, rangeText } from "../../parts/curve_settings.tsx";
import { readView } from "../../parts/curve_view.ts";
import { Section } from "../../parts/section.tsx";
import { Empty, Loaded } from "../../parts/states.tsx";
import { useProject } from "../../project.ts";
import { go, link, type Route, set } from "../../router.ts";
import { shown } from "../../text.ts";
import type { PageProps } from "../page.ts";
import { Differences } from "./differences.tsx";
import { OverlayCharts } from "./overlay_charts.tsx";
import { type Picks, picksAsSettings, readPicks, withPick } from "./picks.ts";
import { RunLegend } from "./run_legend.tsx";
import { TextDiffs } from "./text_diffs.tsx";
import { WhyBar } from "./why_bar.tsx";

/** The most runs that are compared. */
const MOST_RUNS = 50;

/** The page. */
export function comparePage({ route }: PageProps): VNode {
  const all = [
    ...new Set(
      (route.parts[0] ?? "").split(",").filter((id) => /^\d+$/.test(id)),
    ),
  ];
  if (all.length === 0) {
    return (
      <Empty
        title="No runs are named"
        hint="Select runs in the table, and press c."
      />
    );
  }
  const ids = all.slice(0, MOST_RUNS);
  return (
    <Compared
      key={ids.join(",")}
      ids={ids}
      leftOut={all.length - ids.length}
      route={route}
    />
  );
}

function Compared({ ids, leftOut, route }: {
  readonly ids: readonly string[];
  readonly leftOut: number;
  readonly route: Route;
}): VNode {
  const [isRunning, setRunning] = useState(true);
  const state = useLiveRequest<CompareReply>(
    (signal) => read("/api/compare", { runs: ids.join(",") }, signal),
    [ids.join(",")],
    // What has ended does not change.
    isRunning,
  );
  useEffect(() => {
    if (state.status !== "ready") return;
    setRunning(state.value.runs.some(({ status }) => status === "running"));
  }, [state]);
  return (
    <article class="compare">
      <h1>Compare {ids.length} {ids.length === 1 ? "run" : "runs"}</h1>
      {leftOut > 0 && (
        <p class="weak" role="status">
          The first {MOST_RUNS} runs are shown; {leftOut} more are named.
        </p>
      )}
      <Loaded state={state} what="the runs">
        {(reply) => <Whole reply={reply} route={route} />}
      </Loaded>
    </article>
  );
}

function Whole(
  { reply, route }: {
    readonly reply: CompareReply;
    readonly route: Route;
  },
): VNode {
  const { runs } = reply;
  const picks = readPicks(route.query, runs);
  const setPicks = (picks: Picks) => set(picksAsSettings(picks));
  const project = runs[0]?.project;
  useProject(project);
  const hidden = new Set(
    (route.query.get("hide") ?? "").split(",").map(Number),
  );
  const toggle = (id: number) => {
    const after = new Set(hidden);
    if (!after.delete(id)) after.add(id);
    set({
      hide: runs.map((run) => run.id).filter((id) => after.has(id)).join(),
    });
  };
  const metrics = metricsOf(reply);
  const wanted = route.query.get("metric");
  const chosen = metrics.find((name) => name === wanted) ?? metrics[0];
  const [a, b] = pairOf(runs.map(({ id }) => id), picks);
  const view = readView(route.query);
  // The step of the point that was picked last is the one that is asked about.
  const why = link("why", [a, b], {
    metric: picks.a?.point?.metric ?? chosen,
    step: (picks.b?.point ?? picks.a?.point)?.step,
  });
  useKeys({ w: () => runs.length > 1 && go(why) });
  return (
    <>
      <RunLegend runs={runs} hidden={hidden} onToggle={toggle} />
      {runs.length > 1 && (
        <WhyBar
          runs={runs.map(({ id }) => id)}
          pair={[a, b]}
          picks={picks}
          href={why}
          onChoose={(side, run) =>
            setPicks({
              a: picks.a ?? { run: a },
              b: picks.b ?? { run: b },
              [side]: { run },
            })}
          onClear={() => setPicks({})}
        />
      )}
      {chosen === undefined
        ? <Empty title="The runs have logged no metrics" />
        : (
          <Section
            title="Metrics"
            note={`${
              rangeText(view)
            }; click a point of one run, then a point of another: why do they differ?`}
          >
            <div class="bar">
              <select
                aria-label="Metric"
                value={chosen}
                onChange={(event) => set({ metric: event.currentTarget.value })}
              >
                {metrics.map((name) => (
                  <option key={name} value={name}>{shown(name)}</option>
                ))}
              </select>
              <CurveSettings view={view} />
            </div>
            <OverlayCharts
              view={view}
              runs={runs}
              hidden={hidden}
              metrics={[
                chosen,
                ...metrics.filter((name) => name !== chosen),
              ]}
              picks={picks}
              onPick={(pick) => setPicks(withPick(picks, pick))}
            />
          </Section>
        )}
      <Differences reply={reply} />
      <TextDiffs reply={reply} />
    </>
  );
}

/** The metrics, those of the most runs first. */
function metricsOf({ runs }: CompareReply): string[] {
  const counts = new Map<string, number>();
  for (const { metrics } of runs) {
    for (const { metric } of metrics) {
      counts.set(metric, (counts.get(metric) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([metric]) => metric);
}

/** The picked runs; the first two where none is picked. */
function pairOf(ids: readonly number[], { a, b }: Picks): [number, number] {
  const first = a?.run ?? ids.find((id) => id !== b?.run) ?? 0;
  return [first, b?.run ?? ids.find((id) => id !== first) ?? 0];
}

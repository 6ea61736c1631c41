/// <reference lib="dom" />
/**
 * A metric over the runs of a project, with marks where something changed against the run before.
 * `#/history/PROJECT?metric&value&where&x&from&to&trace`.
 */
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { ChangesReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { Choice } from "../../parts/choice.tsx";
import { CopyCommand } from "../../parts/copy_command.tsx";
import { stepIn } from "../../parts/curve_view.ts";
import { Section } from "../../parts/section.tsx";
import { Empty, Loaded, Problem, Warnings } from "../../parts/states.tsx";
import { useProject } from "../../project.ts";
import { useRequest } from "../../request.ts";
import { link, type Route, set } from "../../router.ts";
import { brief, shown } from "../../text.ts";
import type { PageProps } from "../page.ts";
import { FilterBox } from "../runs/filter_box.tsx";
import type { RunRows } from "../runs/rows.ts";
import { useChosenRows, useRows } from "../runs/use_rows.ts";
import { ChangeList } from "./change_list.tsx";
import { HistoryChart } from "./history_chart.tsx";
import type { RunRange } from "./range.ts";
import { NeighbourTable } from "./neighbours.ts";
import { type HistoryPoint, pointsOf, type Which } from "./points.ts";
import { Versions } from "./versions.tsx";

/** The page. */
export function historyPage({ route, projects }: PageProps): VNode {
  const project = route.parts[0] ?? projects[0] ?? "";
  return <History key={project} project={project} route={route} />;
}

function History(
  { project, route }: { readonly project: string; readonly route: Route },
): VNode {
  const metric = route.query.get("metric") ?? undefined;
  useProject(project);
  return (
    <article class="history">
      <h1>
        History of <a href={link("runs", [project])}>{brief(project)}</a>
      </h1>
      <Loaded state={useRows(project, metric)} what="the runs">
        {(rows) => <Metric project={project} route={route} rows={rows} />}
      </Loaded>
    </article>
  );
}

function Metric({ project, route, rows }: {
  readonly project: string;
  readonly route: Route;
  readonly rows: RunRows;
}): VNode {
  const where = route.query.get("where") ?? "";
  const which = whichOf(route.query.get("value"));
  const isTime = route.query.get("x") === "time";
  const chosen = useChosenRows(project, rows.rows, where);
  const points = useMemo(() => pointsOf(chosen.rows, which), [
    chosen.rows,
    which,
  ]);
  // What a run has does not change while it runs, and to read all runs is no small work: only new runs matter.
  const newest = rows.rows.reduce((most, { id }) => Math.max(most, id), 0);
  const changes = useRequest<ChangesReply>(
    (signal) => read("/api/changes", { project }, signal),
    [project, newest],
  );
  const table = useMemo(
    () =>
      changes.status === "ready"
        ? new NeighbourTable(changes.value)
        : undefined,
    [changes.status === "ready" && changes.value],
  );
  return (
    <>
      <div class="bar">
        <FilterBox where={where} />
        <Choice
          label="Metric"
          value={rows.metric ?? ""}
          options={rows.metrics.map((name) => [name, shown(name)])}
          onChange={(metric) => set({ metric })}
        />
        <Choice
          label="Value"
          value={which}
          options={[["last", "last"], ["min", "least"], ["max", "greatest"]]}
          onChange={(value) => set({ value })}
        />
        <Choice
          label="Across"
          value={isTime ? "time" : "order"}
          options={[["order", "in order"], ["time", "by time"]]}
          onChange={(x) => set({ x })}
        />
        <span class="count" role="status">
          {points.length} of {rows.rows.length} runs
        </span>
      </div>
      <Warnings lines={rows.warnings} />
      {chosen.error && <Problem error={chosen.error} />}
      {changes.status === "error" && <Problem error={changes.error} />}
      {points.length === 0
        ? (
          <Empty
            title={rows.metric === undefined
              ? "The runs have logged no metrics"
              : "No run has a finite value of the metric and meets the filter"}
          />
        )
        : (
          <Drawn
            points={points}
            metric={rows.metric ?? ""}
            isTime={isTime}
            range={rangeIn(route.query)}
            table={table}
          />
        )}
      <Notes rows={rows} chosen={chosen.rows.length} points={points.length} />
      {changes.status === "ready" && changes.value.leftOut > 0 && (
        <p class="weak">
          What {changes.value.leftOut}{" "}
          runs have was not read; their marks say that it is not known.
        </p>
      )}
      {rows.metric !== undefined && (
        <Section title="Which change moved it">
          <CopyCommand command={bisectCommand(project, rows.metric)} />
        </Section>
      )}
      <Versions
        project={project}
        metric={rows.metric}
        newest={newest}
        route={route}
      />
    </>
  );
}

function Drawn({ points, metric, isTime, range, table }: {
  readonly points: readonly HistoryPoint[];
  readonly metric: string;
  readonly isTime: boolean;
  readonly range: RunRange | undefined;
  readonly table: NeighbourTable | undefined;
}): VNode {
  const neighbours = useMemo(
    () =>
      points.map(({ id }, i) => {
        const before = points[i - 1];
        return before === undefined ? undefined : table?.between(before.id, id);
      }),
    [points, table],
  );
  return (
    <>
      <HistoryChart
        points={points}
        neighbours={neighbours}
        metric={metric}
        isTime={isTime}
        range={range}
        onRange={(range) => set({ from: range?.from, to: range?.to })}
      />
      {range !== undefined && (
        <p>
          Runs {range.from} to {range.to}; double click for all.{" "}
          <button
            type="button"
            onClick={() => set({ from: undefined, to: undefined })}
          >
            All runs
          </button>
        </p>
      )}
      {table === undefined
        ? <p class="weak" role="status">Reading what changed …</p>
        : (
          <ChangeList
            points={points}
            neighbours={neighbours}
            metric={metric}
          />
        )}
    </>
  );
}

/** What the picture leaves out. */
function Notes({ rows, chosen, points }: {
  readonly rows: RunRows;
  readonly chosen: number;
  readonly points: number;
}): VNode | null {
  const without = chosen - points;
  if (without === 0 && rows.isComplete) return null;
  return (
    <p class="weak">
      {without > 0 &&
        `${without} ${
          without === 1 ? "run has" : "runs have"
        } no finite value, and no point. `}
      {!rows.isComplete && "Older runs are still being read."}
    </p>
  );
}

function rangeIn(query: URLSearchParams): RunRange | undefined {
  const [from, to] = [stepIn(query, "from"), stepIn(query, "to")];
  return from === undefined || to === undefined ? undefined : { from, to };
}

function whichOf(text: string | null): Which {
  return text === "min" || text === "max" ? text : "last";
}

function bisectCommand(project: string, metric: string): string {
  return `ato bisect ${word(project)} --metric ${word(metric)}`;
}

/** A word of a shell. */
function word(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

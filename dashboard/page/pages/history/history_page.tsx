/// <reference lib="dom" />
/**
 * A metric over the runs of a project, with marks where something changed against the run before.
 * `#/history/PROJECT?metric&value&where&x&trace`.
 */
import type { VNode } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { ChangesReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { CopyCommand } from "../../parts/copy_command.tsx";
import { Section } from "../../parts/section.tsx";
import { Empty, Loaded, Problem, Warnings } from "../../parts/states.tsx";
import { currentProject } from "../../project.ts";
import { useRequest } from "../../request.ts";
import { link, type Route, set } from "../../router.ts";
import { shown } from "../../text.ts";
import type { PageProps } from "../page.ts";
import { readFilter } from "../runs/filter.ts";
import type { RunRow, RunRows } from "../runs/rows.ts";
import { useMatches, useRows } from "../runs/use_rows.ts";
import { ChangeList } from "./change_list.tsx";
import { HistoryChart } from "./history_chart.tsx";
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
  useEffect(() => {
    currentProject.value = project;
  }, [project]);
  return (
    <article class="history">
      <h1>
        History of <a href={link("runs", [project])}>{shown(project)}</a>
      </h1>
      <Loaded state={useRows(project, metric)} what="the runs">
        {(rows) => <Metric project={project} route={route} rows={rows} />}
      </Loaded>
      <Versions project={project} metric={metric} route={route} />
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
  const filter = useMemo(() => readFilter(where), [where]);
  const matches = useMatches(project, filter.conditions);
  const ids = matches.status === "ready" ? matches.value : undefined;
  const chosen = useMemo(
    () =>
      rows.rows.filter((row: RunRow) =>
        (ids?.has(row.id) ?? true) && filter.matches(row)
      ),
    [rows, ids, filter],
  );
  const points = useMemo(() => pointsOf(chosen, which), [chosen, which]);
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
        <input
          type="search"
          class="filter"
          aria-label="Filter"
          placeholder="lr<0.01 accuracy>=0.9 tag:best"
          spellcheck={false}
          value={where}
          onInput={(event) => set({ where: event.currentTarget.value })}
        />
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
      {matches.status !== "loading" && matches.error && (
        <Problem error={matches.error} />
      )}
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
            table={table}
          />
        )}
      <Notes rows={rows} chosen={chosen.length} points={points.length} />
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
    </>
  );
}

function Drawn({ points, metric, isTime, table }: {
  readonly points: readonly HistoryPoint[];
  readonly metric: string;
  readonly isTime: boolean;
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
      />
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

function Choice({ label, value, options, onChange }: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  onChange(value: string): void;
}): VNode {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {options.map(([name, text]) => (
        <option key={name} value={name}>{text}</option>
      ))}
    </select>
  );
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

/// <reference lib="dom" />
/** The runs of a project: a table that is sorted, filtered and followed. `#/runs/PROJECT?where&metric&sort&select`. */
import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { useKeys } from "../../keys.ts";
import { useProject } from "../../project.ts";
import { Choice } from "../../parts/choice.tsx";
import { Empty, Loaded, Problem, Warnings } from "../../parts/states.tsx";
import { Table } from "../../parts/table.tsx";
import { go, link, type Route, set } from "../../router.ts";
import { cell, shown } from "../../text.ts";
import type { PageProps } from "../page.ts";
import { columnsOf } from "./columns.tsx";
import { FilterBox } from "./filter_box.tsx";
import type { RunRow, RunRows } from "./rows.ts";
import { saveRuns } from "./runs_csv.ts";
import { nextSort, readSort, sortRows } from "./sort.ts";
import { useRowCursor } from "../../parts/row_cursor.ts";
import { useSelection } from "../../parts/selection.ts";
import { useChosenRows, useRows } from "./use_rows.ts";

/** The most runs that the key `a` selects: as many as are compared. */
const MOST_SELECTED = 50;

/** The page. */
export function runsPage({ route, projects }: PageProps): VNode {
  const project = route.parts[0] ?? projects[0] ?? "";
  return <Runs key={project} project={project} route={route} />;
}

function Runs(
  { project, route }: { readonly project: string; readonly route: Route },
): VNode {
  const metric = route.query.get("metric") ?? undefined;
  useProject(project);
  return (
    <Loaded state={useRows(project, metric)} what="the runs">
      {(rows) => <RunsTable project={project} route={route} rows={rows} />}
    </Loaded>
  );
}

function RunsTable({ project, route, rows }: {
  readonly project: string;
  readonly route: Route;
  readonly rows: RunRows;
}): VNode {
  const where = route.query.get("where") ?? "";
  const sort = readSort(route.query.get("sort"));
  const chosen = useChosenRows(project, rows.rows, where);
  const shownRows = useMemo(
    () => sortRows(chosen.rows, sort),
    [chosen.rows, sort.key, sort.isDown],
  );
  const cursor = useRowCursor(shownRows, ({ id }) => id);
  const selection = useSelection(route.query.get("select"));
  const box = useRef<HTMLInputElement>(null);
  const toggle = ({ id }: RunRow) => selection.toggle(id);
  const open = ({ id }: RunRow) =>
    go(link("run", [id], { metric: rows.metric }));
  const { move, withRow } = cursor;
  const compare = () => {
    const ids = [...selection.ids()];
    if (ids.length < 2) return;
    go(link("compare", [ids.join(",")], { metric: rows.metric }));
  };
  const why = () => {
    const ids = [...selection.ids()];
    if (ids.length === 2) go(link("why", ids, { metric: rows.metric }));
  };
  useKeys({
    ...cursor.keys,
    " ": () => withRow(toggle),
    Enter: () => withRow(open),
    c: compare,
    w: why,
    a: () =>
      selection.select(
        new Set(shownRows.slice(0, MOST_SELECTED).map(({ id }) => id)),
      ),
    "/": () => box.current?.focus(),
    Escape: () => selection.select(new Set()),
  });
  return (
    <>
      <div class="bar">
        <FilterBox where={where} box={box} onChange={() => move(0)} />
        <MetricChoice rows={rows} />
        <span class="count" role="status">
          {shownRows.length === rows.rows.length
            ? `${rows.rows.length} runs`
            : `${shownRows.length} of ${rows.rows.length} runs`}
        </span>
        <button
          type="button"
          disabled={selection.ids().size < 2}
          onClick={compare}
        >
          Compare{selection.ids().size > 0 && ` ${selection.ids().size}`}{" "}
          <kbd>c</kbd>
        </button>
        <button
          type="button"
          disabled={selection.ids().size !== 2}
          onClick={why}
        >
          Why? <kbd>w</kbd>
        </button>
        <button
          type="button"
          onClick={() => saveRuns(project, rows, shownRows)}
        >
          CSV
        </button>
      </div>
      <Warnings lines={rows.warnings} />
      {chosen.error && <Problem error={chosen.error} />}
      {shownRows.length === 0
        ? (
          <Empty
            title={rows.rows.length === 0
              ? "This project has no runs yet"
              : "No run meets the filter"}
          />
        )
        : (
          <Table
            label={`Runs of ${project}`}
            columns={columnsOf(rows)}
            rows={shownRows}
            idOf={({ id }) => id}
            cursor={cursor.place()}
            selected={selection.ids()}
            sort={sort}
            onSort={(key) => set({ sort: nextSort(sort, key) })}
            onCursor={move}
            onSelect={toggle}
            onOpen={open}
          />
        )}
      <Same rows={rows} />
    </>
  );
}

function MetricChoice({ rows }: { readonly rows: RunRows }): VNode | null {
  if (rows.metrics.length === 0) return null;
  return (
    <Choice
      label="Metric"
      value={rows.metric ?? ""}
      options={rows.metrics.map((name) => [name, shown(name)])}
      onChange={(metric) => set({ metric })}
    />
  );
}

/** The config keys that do not differ, out of the way. */
function Same({ rows: { same } }: { readonly rows: RunRows }): VNode | null {
  if (same.length === 0) return null;
  return (
    <details class="same">
      <summary>
        {same.length} config {same.length === 1 ? "value is" : "values are"}
        {" "}
        the same in all runs
      </summary>
      <ul>
        {same.map(({ key, value }) => (
          <li key={key}>
            <code>{shown(key)} = {cell(value)}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}

/// <reference lib="dom" />
/** The runs of a project: a table that is sorted, filtered and followed. `#/runs/PROJECT?where&metric&sort&select`. */
import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
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
import { useChosenRows, useRows } from "./use_rows.ts";

/** The most runs that the key `a` selects: as many as are compared. */
const MOST_SELECTED = 50;

/** The most selected runs that the address keeps. */
const MOST_KEPT = 200;

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
  // Signals, because keys can come faster than the view is drawn.
  const cursor = useRowCursor(shownRows, ({ id }) => id);
  const selected = useSignal<ReadonlySet<number>>(
    idsIn(route.query.get("select")),
  );
  const select = (ids: ReadonlySet<number>) => {
    selected.value = ids;
    set({ select: [...ids].slice(0, MOST_KEPT).join() });
  };
  const box = useRef<HTMLInputElement>(null);
  const toggle = ({ id }: RunRow) => select(toggled(selected.value, id));
  const open = ({ id }: RunRow) =>
    go(link("run", [id], { metric: rows.metric }));
  const { move, withRow } = cursor;
  const compare = () => {
    const ids = [...selected.value];
    if (ids.length < 2) return;
    go(link("compare", [ids.join(",")], { metric: rows.metric }));
  };
  const why = () => {
    const ids = [...selected.value];
    if (ids.length === 2) go(link("why", ids, { metric: rows.metric }));
  };
  useKeys({
    ...cursor.keys,
    " ": () => withRow(toggle),
    Enter: () => withRow(open),
    c: compare,
    w: why,
    a: () =>
      select(new Set(shownRows.slice(0, MOST_SELECTED).map(({ id }) => id))),
    "/": () => box.current?.focus(),
    Escape: () => select(new Set()),
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
          disabled={selected.value.size < 2}
          onClick={compare}
        >
          Compare{selected.value.size > 0 && ` ${selected.value.size}`}{" "}
          <kbd>c</kbd>
        </button>
        <button
          type="button"
          disabled={selected.value.size !== 2}
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
            selected={selected.value}
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

function toggled(before: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}

/** Reads a list of ids from an address. */
function idsIn(text: string | null): ReadonlySet<number> {
  return new Set(
    (text ?? "").split(",").filter((id) => /^\d{1,15}$/.test(id)).map(Number),
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

/// <reference lib="dom" />
/** The runs of a project: a table that is sorted, filtered and followed. `#/runs/PROJECT?where&metric&sort`. */
import type { VNode } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { useKeys } from "../../keys.ts";
import { currentProject } from "../../project.ts";
import { Empty, Loaded, Problem, Warnings } from "../../parts/states.tsx";
import { Table } from "../../parts/table.tsx";
import { go, link, type Route, set } from "../../router.ts";
import { cell, shown } from "../../text.ts";
import type { PageProps } from "../page.ts";
import { columnsOf } from "./columns.tsx";
import { readFilter } from "./filter.ts";
import type { RunRow, RunRows } from "./rows.ts";
import { saveRuns } from "./runs_csv.ts";
import { nextSort, readSort, sortRows } from "./sort.ts";
import { useMatches, useRows } from "./use_rows.ts";

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
  useEffect(() => {
    currentProject.value = project;
  }, [project]);
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
  const filter = useMemo(() => readFilter(where), [where]);
  const matches = useMatches(project, filter.conditions);
  const ids = matches.status === "ready" ? matches.value : undefined;
  const shownRows = useMemo(
    () =>
      sortRows(
        rows.rows.filter((row) =>
          (ids?.has(row.id) ?? true) && filter.matches(row)
        ),
        sort,
      ),
    [rows, ids, filter, sort.key, sort.isDown],
  );
  // Signals, because keys can come faster than the view is drawn.
  const cursor = useSignal(0);
  const selected = useSignal<ReadonlySet<number>>(new Set());
  const box = useRef<HTMLInputElement>(null);
  const toggle = ({ id }: RunRow) => {
    selected.value = toggled(selected.value, id);
  };
  const open = ({ id }: RunRow) =>
    go(link("run", [id], { metric: rows.metric }));
  const move = (to: number) => {
    cursor.value = Math.max(0, Math.min(shownRows.length - 1, to));
  };
  const withRow = (act: (row: RunRow) => void) => {
    const row = shownRows[cursor.value];
    if (row !== undefined) act(row);
  };
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
    ArrowDown: () => move(cursor.value + 1),
    ArrowUp: () => move(cursor.value - 1),
    PageDown: () => move(cursor.value + 20),
    PageUp: () => move(cursor.value - 20),
    Home: () => move(0),
    End: () => move(shownRows.length - 1),
    " ": () => withRow(toggle),
    Enter: () => withRow(open),
    c: compare,
    w: why,
    a: () => {
      selected.value = new Set(
        shownRows.slice(0, MOST_SELECTED).map(({ id }) => id),
      );
    },
    "/": () => box.current?.focus(),
    Escape: () => {
      selected.value = new Set();
    },
  });
  return (
    <>
      <div class="bar">
        <input
          ref={box}
          type="search"
          class="filter"
          aria-label="Filter"
          placeholder="lr<0.01 accuracy>=0.9 tag:best"
          spellcheck={false}
          value={where}
          onInput={(event) => {
            cursor.value = 0;
            set({ where: event.currentTarget.value });
          }}
        />
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
      {matches.status === "error" && <Problem error={matches.error} />}
      {matches.status === "ready" && matches.error && (
        <Problem error={matches.error} />
      )}
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
            cursor={cursor.value}
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

function MetricChoice({ rows }: { readonly rows: RunRows }): VNode | null {
  if (rows.metrics.length === 0) return null;
  return (
    <select
      aria-label="Metric"
      value={rows.metric ?? ""}
      onChange={(event) => set({ metric: event.currentTarget.value })}
    >
      {rows.metrics.map((name) => (
        <option key={name} value={name}>{shown(name)}</option>
      ))}
    </select>
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

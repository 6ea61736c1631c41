/** The columns of the table of runs. */
import type { VNode } from "preact";
import { type TableColumn, widthOf } from "../../parts/table.tsx";
import { link } from "../../router.ts";
import { cell, duration, number, shown, time } from "../../text.ts";
import type { RunRow, RunRows } from "./rows.ts";
import { Sparkline } from "./sparkline.tsx";

/** The most config keys that are columns; the rest is on the page of the run. */
const MOST_KEYS = 40;

/** Returns the columns: what a run is, its metric, and the config keys that differ. */
export function columnsOf(
  { differing, metric, rows }: RunRows,
): TableColumn<RunRow>[] {
  return [
    {
      key: "id",
      title: "run",
      width: 70,
      isNumber: true,
      // The keyboard opens a row with Enter; a stop for each link would be a long way.
      show: ({ id }) => (
        <a href={link("run", [id], { metric })} tabIndex={-1}>{id}</a>
      ),
    },
    {
      key: "name",
      title: "name",
      width: 150,
      show: ({ name }) => <Short text={shown(name ?? "")} />,
    },
    {
      key: "status",
      title: "status",
      width: 100,
      show: ({ status }) => <Status status={status} />,
    },
    ...(metric === undefined ? [] : metricColumns(metric)),
    ...differing.filter((key) => !isName(key, rows)).slice(0, MOST_KEYS).map((
      key,
    ) => configColumn(key, rows)),
    {
      key: "tags",
      title: "tags",
      width: 130,
      show: ({ tags }) =>
        tags.map((tag) => <span class="tag" key={tag}>{shown(tag)}</span>),
    },
    {
      key: "started",
      title: "started",
      width: 160,
      show: ({ started }) => time(started),
    },
    {
      key: "duration",
      title: "duration",
      width: 100,
      isNumber: true,
      show: (row) => duration(row.duration),
    },
  ];
}

function metricColumns(metric: string): TableColumn<RunRow>[] {
  const name = shown(metric);
  const column = (
    key: "last" | "min" | "max",
    title: string,
  ): TableColumn<RunRow> => ({
    key,
    title,
    width: widthOf(title),
    isNumber: true,
    show: (row) => number(row[key]),
  });
  return [
    column("last", name),
    {
      key: "curve",
      title: "curve",
      width: 122,
      show: (row) => (
        <Sparkline
          id={row.id}
          metric={metric}
          stamp={[row.status, row.last, row.min, row.max].join()}
        />
      ),
    },
    column("min", `${name} min`),
    column("max", `${name} max`),
  ];
}

/** Whether a config key has the names of the runs, which are a column already. */
function isName(key: string, rows: readonly RunRow[]): boolean {
  return rows.every(({ name, config }) => config.get(key) === name);
}

function configColumn(
  key: string,
  rows: readonly RunRow[],
): TableColumn<RunRow> {
  const isNumber = rows.slice(0, 20).every(({ config }) =>
    typeof (config.get(key) ?? 0) === "number"
  );
  return {
    key: `config.${key}`,
    title: shown(key),
    width: widthOf(key),
    isNumber,
    show: ({ config }) => <Short text={cell(config.get(key))} />,
  };
}

/** Letters of scripts that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

function Short({ text }: { readonly text: string }): VNode {
  // Asking the browser for each of thousands of cells makes scrolling slow.
  const direction = RIGHT_TO_LEFT.test(text) ? { dir: "auto" } as const : {};
  return <span class="short" title={text} {...direction}>{text}</span>;
}

/** The status of a run, as a word with a colour. */
export function Status({ status }: { readonly status: string }): VNode {
  const known = /^(running|completed|failed|crashed|interrupted)$/.test(status)
    ? status
    : "other";
  return <span class={`status status-${known}`}>{shown(status)}</span>;
}

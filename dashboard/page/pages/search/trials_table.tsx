/// <reference lib="dom" />
/** The trials of a search as a table, the best first. */
import type { Signal } from "@preact/signals";
import type { VNode } from "preact";
import type { StudyReply, TrialRow } from "../../../search_types.ts";
import { useKeys } from "../../keys.ts";
import { Table, type TableColumn } from "../../parts/table.tsx";
import { go, set } from "../../router.ts";
import { number, shown } from "../../text.ts";
import { hrefOf, TrialRuns } from "./trial.tsx";

/** A column, with the value that it sorts by. */
interface Column extends TableColumn<TrialRow> {
  valueOf(row: TrialRow): number | string | null;
}

const NONE: ReadonlySet<number> = new Set();

/** The table. */
export function TrialsTable({ study, rows, sort, cursor, selected }: {
  readonly study: StudyReply;
  /** Those that are chosen, the best first. */
  readonly rows: readonly TrialRow[];
  /** The setting of the address: `-fidelity`. */
  readonly sort: string | null;
  /** The place of the keyboard. */
  readonly cursor: Signal<number>;
  /** The numbers of trials that are selected. */
  readonly selected: Signal<ReadonlySet<number>>;
}): VNode {
  const columns = columnsOf(study);
  const key = sort?.replace(/^-/, "");
  const column = columns.find((one) => one.key === key);
  const isDown = sort?.startsWith("-") ?? false;
  const sorted = column === undefined ? rows : sortedBy(rows, column, isDown);
  const move = (to: number) => {
    cursor.value = Math.max(0, Math.min(sorted.length - 1, to));
  };
  const open = (row: TrialRow | undefined) => {
    const href = hrefOf(row);
    if (href !== undefined) go(href);
  };
  const toggle = (row: TrialRow | undefined) => {
    if (row === undefined) return;
    const after = new Set(selected.value);
    if (!after.delete(row.trial)) after.add(row.trial);
    selected.value = after;
  };
  /** Buttons and axes have keys of their own. */
  const onTable = (act: () => void) => (event: KeyboardEvent) => {
    const isOther = event.target instanceof Element &&
      event.target.closest("button, a, [role=slider], summary") !== null;
    return isOther ? false : act();
  };
  useKeys({
    ArrowDown: onTable(() => move(cursor.value + 1)),
    ArrowUp: onTable(() => move(cursor.value - 1)),
    PageDown: onTable(() => move(cursor.value + 12)),
    PageUp: onTable(() => move(cursor.value - 12)),
    Home: onTable(() => move(0)),
    End: onTable(() => move(sorted.length - 1)),
    Enter: onTable(() => open(sorted[cursor.value])),
    " ": onTable(() => toggle(sorted[cursor.value])),
    Escape: () => {
      selected.value = NONE;
    },
  });
  return (
    <Table<TrialRow>
      label={`Trials of ${study.id}`}
      columns={columns}
      rows={sorted}
      idOf={({ trial }) => trial}
      cursor={cursor.value}
      selected={selected.value}
      {...(column && { sort: { key: column.key, isDown } })}
      onSort={(clicked) =>
        set({ sort: clicked === key && !isDown ? `-${clicked}` : clicked })}
      onCursor={move}
      onSelect={toggle}
      onOpen={open}
    />
  );
}

function columnsOf(study: StudyReply): Column[] {
  const { metrics, parameters, objectives, rows } = study;
  const numeric = (
    key: string,
    title: string,
    width: number,
    valueOf: (row: TrialRow) => number | string | null,
  ): Column => ({
    key,
    title,
    width,
    isNumber: true,
    valueOf,
    show: (row) => {
      const value = valueOf(row);
      return typeof value === "string" ? shown(value) : number(value);
    },
  });
  const widthOf = (title: string) =>
    Math.min(200, Math.max(80, 30 + 8 * title.length));
  return [
    numeric("trial", "trial", 70, ({ trial }) => trial),
    {
      key: "run",
      title: "run",
      width: 80,
      valueOf: (row) => row.runs.at(-1)?.id ?? null,
      show: (row) => <TrialRuns row={row} />,
    },
    {
      key: "status",
      title: "status",
      width: 100,
      valueOf: ({ status }) => status,
      show: ({ status }) => <span class={`trial-${status}`}>{status}</span>,
    },
    ...objectives.length > 1
      ? [numeric("rank", "rank", 70, ({ rank }) => rank)]
      : [],
    numeric("fidelity", "fidelity", 90, ({ fidelity }) => fidelity),
    ...metrics.map((name, i) =>
      numeric(
        `metric.${name}`,
        shown(name),
        widthOf(name),
        ({ results }) => results[i] ?? null,
      )
    ),
    ...rows.some(({ violation }) => violation > 0)
      ? [
        numeric("violation", "violation", 100, ({ violation }) =>
          violation || null),
      ]
      : [],
    ...parameters.map(({ path, choices }, i): Column =>
      choices.length === 0
        ? numeric(
          `config.${path}`,
          shown(path),
          widthOf(path),
          ({ values }) => values[i] ?? null,
        )
        : {
          key: `config.${path}`,
          title: shown(path),
          width: widthOf(path) + 20,
          valueOf: ({ values }) => values[i] ?? null,
          show: ({ values }) => shown(choices[values[i] ?? -1] ?? ""),
        }
    ),
    numeric("bracket", "bracket", 80, ({ bracket }) => bracket),
    ...rows.some(({ error }) => error !== undefined)
      ? [{
        key: "error",
        title: "error",
        width: 320,
        valueOf: ({ error }: TrialRow) => error ?? null,
        show: ({ error = "" }: TrialRow) => (
          <span title={shown(error)}>{shown(error)}</span>
        ),
      }]
      : [],
  ];
}

/** Missing values come last in both directions; equal ones stay the best first. */
function sortedBy(
  rows: readonly TrialRow[],
  { valueOf }: Column,
  isDown: boolean,
): TrialRow[] {
  const keyed = rows.map((row) => ({ row, value: valueOf(row) }));
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) {
      return Number(a.value === null) - Number(b.value === null);
    }
    const order = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
    return isDown ? -order : order;
  });
  return keyed.map(({ row }) => row);
}

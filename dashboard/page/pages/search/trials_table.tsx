/// <reference lib="dom" />
/** The trials of a search as a table, the best first. */
import type { Signal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { StudyReply, TrialRow } from "../../../search_types.ts";
import { useKeys } from "../../keys.ts";
import { FileButtons } from "../../parts/file_buttons.tsx";
import { useRowCursor } from "../../parts/row_cursor.ts";
import type { Selection } from "../../parts/selection.ts";
import { Table, type TableColumn, widthOf } from "../../parts/table.tsx";
import { go, set } from "../../router.ts";
import { number, shown } from "../../text.ts";
import { hrefOf, TrialRuns } from "./trial.tsx";

/** A column, with the value that it sorts by. */
interface Column extends TableColumn<TrialRow> {
  valueOf(row: TrialRow): number | string | null;
  /** What stands in a file, if that is not the value. */
  textOf?(row: TrialRow): string;
}

/** The table. */
export function TrialsTable({ study, rows, sort, cursor, selection }: {
  readonly study: StudyReply;
  /** Those that are chosen, the best first. */
  readonly rows: readonly TrialRow[];
  /** The setting of the address: `-fidelity`. */
  readonly sort: string | null;
  /** The trial that the keyboard is at. */
  readonly cursor: Signal<number | undefined>;
  /** The numbers of trials. */
  readonly selection: Selection;
}): VNode {
  const columns = columnsOf(study);
  const key = sort?.replace(/^-/, "");
  const column = columns.find((one) => one.key === key);
  const isDown = sort?.startsWith("-") ?? false;
  const sorted = column === undefined ? rows : sortedBy(rows, column, isDown);
  const at = useRowCursor(sorted, ({ trial }) => trial, -1);
  const place = at.place();
  const atTrial = sorted[place]?.trial;
  useEffect(() => {
    cursor.value = atTrial;
  }, [atTrial]);
  const open = (row: TrialRow) => {
    const href = hrefOf(row);
    if (href !== undefined) go(href);
  };
  const toggle = ({ trial }: TrialRow) => selection.toggle(trial);
  useKeys({
    ...at.keys,
    Enter: () => at.withRow(open),
    " ": () => at.withRow(toggle),
    Escape: () => selection.select(new Set()),
  });
  return (
    <>
      <Table<TrialRow>
        label={`Trials of ${study.id}`}
        columns={columns}
        rows={sorted}
        idOf={({ trial }) => trial}
        cursor={place}
        selected={selection.ids()}
        {...(column && { sort: { key: column.key, isDown } })}
        onSort={(clicked) =>
          set({ sort: clicked === key && !isDown ? `-${clicked}` : clicked })}
        onCursor={at.move}
        onSelect={toggle}
        onOpen={open}
      />
      <FileButtons
        name={`trials of ${study.id}`}
        csv={() => tableOf(columns, sorted)}
      />
    </>
  );
}

/** The table as a file: its values are not shortened. */
function tableOf(
  columns: readonly Column[],
  rows: readonly TrialRow[],
): unknown[][] {
  return [
    columns.map(({ title }) => title),
    ...rows.map((row) =>
      columns.map(({ valueOf, textOf }) => textOf?.(row) ?? valueOf(row))
    ),
  ];
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
  return [
    numeric("trial", "trial", 70, ({ trial }) => trial),
    {
      key: "run",
      title: "run",
      width: 80,
      valueOf: (row) => row.runs.at(-1)?.id ?? null,
      textOf: ({ runs }) => runs.map(({ id, name }) => id ?? name).join(" "),
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
          textOf: ({ values }) => choices[values[i] ?? -1] ?? "",
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

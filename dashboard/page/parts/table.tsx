/// <reference lib="dom" />
/** A table of any length: only the rows in sight are in the document. */
import type { ComponentChildren, RefObject, VNode } from "preact";
import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "preact/hooks";

/** Pixels; the same as in `table.css`. */
const ROW_HEIGHT = 30;
/** Rows beyond the edges, so that scrolling shows no gaps. */
const BEYOND = 8;

/** A column. */
export interface TableColumn<Row> {
  readonly key: string;
  readonly title: string;
  /** Pixels. */
  readonly width: number;
  readonly isNumber?: boolean;
  /** What the cell of a row shows. */
  show(row: Row): ComponentChildren;
}

/** Pixels that a column needs for its title, and for numbers with five digits. */
export function widthOf(title: string): number {
  return Math.min(200, Math.max(96, 30 + 8 * title.length));
}

/** The rows, what is marked, and what happens on keys and clicks. */
export interface TableProps<Row> {
  /** What the table has, for people who do not see it. */
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  /** Identifies a row. */
  idOf(row: Row): number;
  /** The row that the keyboard is at: a place in `rows`. */
  readonly cursor: number;
  readonly selected: ReadonlySet<number>;
  /** The column that the rows are sorted by, and the direction. */
  readonly sort?: { readonly key: string; readonly isDown: boolean };
  onSort?(key: string): void;
  onCursor(place: number): void;
  onSelect(row: Row): void;
  onOpen(row: Row): void;
}

/** The table. */
export function Table<Row>(props: TableProps<Row>): VNode {
  const { columns, rows, cursor } = props;
  const box = useRef<HTMLDivElement>(null);
  // At first no more than the window could show: rows beyond it would only keep a person waiting.
  const [[first, end], setRange] = useState<readonly [number, number]>(() => [
    0,
    Math.ceil(innerHeight / ROW_HEIGHT),
  ]);
  const measure = () => {
    const { scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    const from = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - BEYOND);
    const to = Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + BEYOND;
    // What is the same as before is not drawn again.
    setRange((before) =>
      before[0] === from && before[1] === to ? before : [from, to]
    );
  };
  useStill(box, rows, props.idOf);
  useLayoutEffect(measure, [rows]);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const at = rows[cursor];
  const atId = at === undefined ? undefined : props.idOf(at);
  // Not when others move it: a person may be looking at something else.
  useEffect(() => keepInSight(box.current, cursor), [atId]);
  const name = useId();
  const width = columns.reduce((sum, column) => sum + column.width, 34);
  const visible = rows.slice(first, end);
  return (
    <div
      class="table"
      role="grid"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      aria-multiselectable="true"
      {...(atId !== undefined &&
        { "aria-activedescendant": `${name}-${atId}` })}
      tabIndex={0}
      ref={box}
      onScroll={measure}
    >
      <Head {...props} width={width} />
      <div
        class="table-body"
        role="rowgroup"
        style={{ height: `${rows.length * ROW_HEIGHT}px`, width: `${width}px` }}
      >
        {visible.map((row, i) => (
          <Line
            key={props.idOf(row)}
            {...props}
            row={row}
            place={first + i}
            name={name}
          />
        ))}
      </div>
    </div>
  );
}

function Head<Row>(
  { columns, sort, onSort, width }: TableProps<Row> & {
    readonly width: number;
  },
): VNode {
  return (
    <div
      class="table-head"
      role="row"
      aria-rowindex={1}
      style={{ width: `${width}px` }}
    >
      <span class="cell cell-mark" role="columnheader" aria-label="Selected" />
      {columns.map(({ key, title, width, isNumber }) => {
        const isSorted = sort?.key === key;
        const order = !isSorted
          ? "none"
          : sort.isDown
          ? "descending"
          : "ascending";
        return (
          <span
            key={key}
            class={`cell ${isNumber ? "cell-number" : ""}`}
            role="columnheader"
            aria-sort={order}
            style={{ width: `${width}px` }}
          >
            <button type="button" title={title} onClick={() => onSort?.(key)}>
              {title}
              {isSorted && (
                <span aria-hidden="true">{sort.isDown ? " ↓" : " ↑"}</span>
              )}
            </button>
          </span>
        );
      })}
    </div>
  );
}

function Line<Row>(
  props: TableProps<Row> & {
    readonly row: Row;
    readonly place: number;
    /** The first part of the ids of rows. */
    readonly name: string;
  },
): VNode {
  const {
    row,
    place,
    name,
    columns,
    selected,
    cursor,
    idOf,
    onSelect,
    onCursor,
    onOpen,
  } = props;
  const isSelected = selected.has(idOf(row));
  return (
    <div
      class={`table-row ${place === cursor ? "is-cursor" : ""} ${
        isSelected ? "is-selected" : ""
      }`}
      id={`${name}-${idOf(row)}`}
      role="row"
      aria-rowindex={place + 2}
      aria-selected={isSelected}
      style={{ transform: `translateY(${place * ROW_HEIGHT}px)` }}
      onClick={() => onCursor(place)}
      onDblClick={() => onOpen(row)}
    >
      <span class="cell cell-mark" role="gridcell">
        <input
          type="checkbox"
          aria-label={`Select ${idOf(row)}`}
          tabIndex={-1}
          checked={isSelected}
          onDblClick={(event) => event.stopPropagation()}
          onChange={(event) => {
            onSelect(row);
            // The keys go on from this row.
            event.currentTarget.closest<HTMLElement>(".table")?.focus({
              preventScroll: true,
            });
          }}
        />
      </span>
      {columns.map(({ key, width, isNumber, show }) => (
        <span
          key={key}
          class={`cell ${isNumber ? "cell-number" : ""}`}
          role="gridcell"
          style={{ width: `${width}px` }}
        >
          {show(row)}
        </span>
      ))}
    </div>
  );
}

/**
 * Keeps what is in sight where it is when rows come or go above it. At the top the new ones are shown: there a person
 * waits for them.
 */
function useStill<Row>(
  box: RefObject<HTMLDivElement | null>,
  rows: readonly Row[],
  idOf: (row: Row) => number,
): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const [old, element] = [before.current, box.current];
    before.current = rows;
    if (element === null || old === rows || element.scrollTop === 0) return;
    const top = old[Math.floor(element.scrollTop / ROW_HEIGHT)];
    if (top === undefined) return;
    const id = idOf(top);
    const was = old.indexOf(top);
    const place = rows.findIndex((row) => idOf(row) === id);
    if (place >= 0) element.scrollTop += (place - was) * ROW_HEIGHT;
  }, [rows]);
}

/** Scrolls as little as shows the row. The head covers the first row of the box. */
function keepInSight(box: HTMLDivElement | null, place: number): void {
  if (box === null || place < 0) return;
  const top = place * ROW_HEIGHT;
  const room = box.clientHeight - 2 * ROW_HEIGHT;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top > box.scrollTop + room) box.scrollTop = top - room;
}

/** The row that the keyboard is at. It stays at its row when others come and go. */
import { useSignal } from "@preact/signals";
import type { Keys } from "../keys.ts";

/** Rows that the keys jump over. */
const JUMP = 20;

/** The row, and how to move it. */
export interface RowCursor<Row> {
  /** Its place among the rows; -1 if the keyboard is at none. */
  place(): number;
  /** Moves to a place; to the nearest one if there is none such. */
  move(to: number): void;
  /** Does something with the row. */
  withRow(act: (row: Row) => void): void;
  readonly keys: Keys;
}

/**
 * Makes the cursor of a table.
 *
 * @param rows The rows as they are shown now.
 * @param idOf Identifies a row.
 * @param start The place before a person moves; -1 for none.
 */
export function useRowCursor<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => number,
  start = 0,
): RowCursor<Row> {
  // Where it was is kept, too: if its row has left, it is at the one that took its place.
  const at = useSignal<{ readonly place: number; readonly id?: number }>({
    place: start,
  });
  const place = () => {
    const { place, id } = at.value;
    const isThere = (row: Row | undefined) =>
      row !== undefined && idOf(row) === id;
    if (id === undefined || isThere(rows[place])) {
      return Math.min(place, rows.length - 1);
    }
    const found = rows.findIndex(isThere);
    return found < 0 ? Math.min(place, rows.length - 1) : found;
  };
  const move = (to: number) => {
    const place = Math.max(0, Math.min(rows.length - 1, to));
    const row = rows[place];
    at.value = { place, ...(row !== undefined && { id: idOf(row) }) };
  };
  return {
    place,
    move,
    withRow: (act) => {
      const row = rows[place()];
      if (row !== undefined) act(row);
    },
    keys: {
      ArrowDown: () => move(place() + 1),
      ArrowUp: () => move(place() - 1),
      PageDown: () => move(place() + JUMP),
      PageUp: () => move(place() - JUMP),
      Home: () => move(0),
      End: () => move(rows.length - 1),
    },
  };
}

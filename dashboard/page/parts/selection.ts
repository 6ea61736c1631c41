/** The rows of a table that are selected. The address has them as `select=3,7`, so that a link selects them, too. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { set } from "../router.ts";

/** The most rows that are kept in an address. */
const MOST_KEPT = 200;

/** What is selected, and how to change it. */
export interface Selection {
  /** Reads the ids; keys can come faster than the view is drawn. */
  ids(): ReadonlySet<number>;
  /** Selects these only. */
  select(ids: ReadonlySet<number>): void;
  /** Selects a row, or leaves it out. */
  toggle(id: number): void;
}

/**
 * Makes the selection of a table.
 *
 * @param setting The setting `select` of the address, as it is now; what is no id in it is left out.
 */
export function useSelection(setting: string | null): Selection {
  const text = setting ?? "";
  const selected = useSignal(idsIn(text));
  const written = useRef(text);
  useEffect(() => {
    // Another address, e.g. by Back; what was selected here is in it already.
    if (text === written.current) return;
    written.current = text;
    selected.value = idsIn(text);
  }, [text]);
  const select = (ids: ReadonlySet<number>) => {
    selected.value = ids;
    written.current = [...ids].slice(0, MOST_KEPT).join();
    set({ select: written.current });
  };
  return {
    ids: () => selected.value,
    select,
    toggle: (id) => {
      const after = new Set(selected.value);
      if (!after.delete(id)) after.add(id);
      select(after);
    },
  };
}

function idsIn(text: string): ReadonlySet<number> {
  return new Set(
    text.split(",").filter((id) => /^\d{1,15}$/.test(id)).map(Number),
  );
}

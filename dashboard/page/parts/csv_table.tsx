/// <reference lib="dom" />
/** A table with a button that saves what it shows as CSV. */
import type { ComponentChildren, VNode } from "preact";
import { useRef } from "preact/hooks";
import { FileButtons } from "./file_buttons.tsx";

/** The box of a table, which scrolls by itself where the table is wider. */
export function CsvTable({ name, label, class: more = "", children }: {
  /** The name of its file. */
  readonly name: string;
  /** What it has, where the keyboard must reach the box to scroll it. */
  readonly label?: string;
  readonly class?: string;
  /** The table. */
  readonly children: ComponentChildren;
}): VNode {
  const box = useRef<HTMLDivElement>(null);
  return (
    <div class="csv-table">
      <div
        class={`rows ${more}`}
        ref={box}
        {...(label !== undefined &&
          { tabIndex: 0, role: "region", "aria-label": label })}
      >
        {children}
      </div>
      <FileButtons
        name={name}
        csv={() => textsOf(box.current?.querySelector("table"))}
      />
    </div>
  );
}

/** The texts of all cells, as they are read. */
function textsOf(table: HTMLTableElement | null | undefined): string[][] {
  return [...table?.rows ?? []].map((row) =>
    [...row.cells].map((cell) => cell.innerText.trim())
  );
}

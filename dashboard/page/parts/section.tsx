/// <reference lib="dom" />
/** A part of a page, with a heading. */
import type { ComponentChildren, VNode } from "preact";
import { useRef } from "preact/hooks";
import { saveCsv } from "../files/save.ts";
import { shown } from "../text.ts";

/** The part. */
export function Section({ title, note, children }: {
  readonly title: string;
  /** A few words beside the heading. */
  readonly note?: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <section class="section">
      <h2>{title}{note !== undefined && <small>{note}</small>}</h2>
      {children}
    </section>
  );
}

/** Writes text of the file as code: a key, a value, a hash. */
export function code(text: string): VNode {
  return <code>{shown(text)}</code>;
}

/** A short table: a line for each row. It can be saved as CSV. */
export function Rows({ head, rows, name = "table" }: {
  readonly head: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** The name of its file. */
  readonly name?: string;
}): VNode {
  const table = useRef<HTMLTableElement>(null);
  return (
    <div class="rows">
      <table ref={table}>
        <thead>
          <tr>
            {head.map((title) => <th key={title} scope="col">{title}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, i) => (
            <tr key={i}>{cells.map((cell, j) => <td key={j}>{cell}</td>)}</tr>
          ))}
        </tbody>
      </table>
      <div class="files">
        <button
          type="button"
          class="file-button"
          onClick={() => saveCsv(name, textsOf(table.current))}
        >
          CSV<span class="hidden">of {shown(name)}</span>
        </button>
      </div>
    </div>
  );
}

/** The texts of all cells, as they are read. */
function textsOf(table: HTMLTableElement | null): string[][] {
  return [...table?.rows ?? []].map((row) =>
    [...row.cells].map((cell) => cell.innerText.trim())
  );
}

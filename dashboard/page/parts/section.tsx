/** A part of a page, with a heading. */
import type { ComponentChildren, VNode } from "preact";
import { shown } from "../text.ts";
import { CsvTable } from "./csv_table.tsx";

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
export function Rows({ head, rows, name }: {
  readonly head: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** The name of its file. */
  readonly name: string;
}): VNode {
  return (
    <CsvTable name={name}>
      <table>
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
    </CsvTable>
  );
}

/** A unified diff as two columns: the lines before, and the lines after. */
import type { VNode } from "preact";
import { shown } from "../text.ts";
import { type DiffRow, diffRows } from "./diff_rows.ts";

/** The diff of one thing. */
export function SideBySide({ title, diff, runs }: {
  readonly title: string;
  readonly diff: string;
  /** The two runs. */
  readonly runs: readonly [number, number];
}): VNode {
  return (
    <figure class="sides">
      <figcaption>
        <code>{shown(title)}</code>
      </figcaption>
      <div class="sides-scroll" tabIndex={0} role="region" aria-label={title}>
        <table>
          <colgroup>
            <col class="sides-number" />
            <col />
            <col class="sides-number" />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th scope="col" colSpan={2}>run {runs[0]}</th>
              <th scope="col" colSpan={2}>run {runs[1]}</th>
            </tr>
          </thead>
          <tbody>
            {diffRows(diff).map((row, i) => (
              <tr key={i} class={`sides-${row.kind}`}>
                {row.kind === "gap" ? <td colSpan={4}>⋯</td> : (
                  <>
                    <Half side={row.before} mark="−" row={row} />
                    <Half side={row.after} mark="+" row={row} />
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function Half({ side, mark, row }: {
  readonly side: DiffRow["before"];
  readonly mark: string;
  readonly row: DiffRow;
}): VNode {
  const kind = side === undefined
    ? "none"
    : row.kind === "same"
    ? "same"
    : mark === "+"
    ? "added"
    : "removed";
  return (
    <>
      <td class="sides-line">{side?.line}</td>
      <td class={`sides-text is-${kind}`}>
        {kind === "added" || kind === "removed" ? `${mark} ` : "  "}
        {shown(side?.text ?? "")}
      </td>
    </>
  );
}

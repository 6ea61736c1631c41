/** A unified diff as two columns: the lines before, and the lines after. */
import type { VNode } from "preact";
import { shown } from "../text.ts";

/** A line of the two columns. */
export interface DiffRow {
  /** `gap` stands for lines that are the same and left out. */
  readonly kind: "same" | "changed" | "gap";
  /** Absent if the line was added. */
  readonly before?: { readonly line: number; readonly text: string };
  /** Absent if the line was removed. */
  readonly after?: { readonly line: number; readonly text: string };
}

/** Reads a unified diff. Lines that were removed and added at one place stand beside each other. */
export function diffRows(diff: string): DiffRow[] {
  const rows: DiffRow[] = [];
  let [old, now] = [1, 1];
  let removed: NonNullable<DiffRow["before"]>[] = [];
  let added: NonNullable<DiffRow["after"]>[] = [];
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++) {
      const [before, after] = [removed[i], added[i]];
      rows.push({
        kind: "changed",
        ...(before && { before }),
        ...(after && { after }),
      });
    }
    [removed, added] = [[], []];
  };
  for (const line of diff.split("\n")) {
    const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    if (head !== null) {
      flush();
      if (rows.length > 0) rows.push({ kind: "gap" });
      [old, now] = [Number(head[1]), Number(head[2])];
    } else if (/^(---|\+\+\+) /.test(line) || line.startsWith("\\")) {
      flush();
    } else if (line.startsWith("-")) {
      removed.push({ line: old++, text: line.slice(1) });
    } else if (line.startsWith("+")) {
      added.push({ line: now++, text: line.slice(1) });
    } else {
      flush();
      const text = line.slice(1);
      rows.push({
        kind: "same",
        before: { line: old++, text },
        after: { line: now++, text },
      });
    }
  }
  flush();
  return rows;
}

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

/** What is said of a trial. */
import type { VNode } from "preact";
import type { TrialRow } from "../../../search_types.ts";
import { link } from "../../router.ts";
import { number, shown } from "../../text.ts";

/** The address of a trial's newest run; `undefined` if it has none in this file. */
export function hrefOf(row: TrialRow | undefined): string | undefined {
  const id = row?.runs.findLast((run) => run.id !== undefined)?.id;
  return id === undefined ? undefined : link("run", [id]);
}

/** A few words about a trial. */
export function trialText(
  { trial, status, results, fidelity }: TrialRow,
): string {
  const values = results.map(number).filter(Boolean).join(", ");
  return `trial ${trial}, ${status}${values === "" ? "" : `: ${values}`}${
    fidelity === null ? "" : ` at fidelity ${number(fidelity)}`
  }`;
}

/** The runs of a trial, as links. */
export function TrialRuns({ row }: { readonly row: TrialRow }): VNode {
  return (
    <>
      {row.runs.map(({ id, name }, i) => (
        <span key={name}>
          {i > 0 && " "}
          {id === undefined
            ? (
              <span class="weak" title="in another file">
                {shown(name.slice(0, 8))}
              </span>
            )
            : <a href={link("run", [id])} tabIndex={-1}>{id}</a>}
        </span>
      ))}
    </>
  );
}

/** One legend for all charts: a click hides a run, or shows it again. */
import type { VNode } from "preact";
import type { ComparedRun } from "../../../api_types.ts";
import { shown } from "../../text.ts";

/** The legend. */
export function RunLegend({ runs, hidden, onToggle }: {
  readonly runs: readonly ComparedRun[];
  readonly hidden: ReadonlySet<number>;
  onToggle(id: number): void;
}): VNode {
  return (
    <ul class="legend run-legend" aria-label="Runs that are drawn">
      {runs.map(({ id, name }, i) => (
        <li key={id}>
          <button
            type="button"
            aria-pressed={!hidden.has(id)}
            title={name === undefined ? undefined : shown(name)}
            onClick={() => onToggle(id)}
          >
            <span class={`swatch curve-${i % 8}`} aria-hidden="true" />
            run {id}
          </button>
        </li>
      ))}
    </ul>
  );
}

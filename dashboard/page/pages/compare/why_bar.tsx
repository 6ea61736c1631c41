/** The bar that leads from two runs to why they differ. */
import type { VNode } from "preact";
import { number, shown } from "../../text.ts";
import type { Pick, Picks } from "./picks.ts";

/** The bar. */
export function WhyBar({ runs, pair, picks, href, onChoose, onClear }: {
  readonly runs: readonly number[];
  readonly pair: readonly [number, number];
  readonly picks: Picks;
  readonly href: string;
  onChoose(side: "a" | "b", run: number): void;
  onClear(): void;
}): VNode {
  const isPicked = picks.a !== undefined || picks.b !== undefined;
  return (
    <div class="why-bar" role="group" aria-label="Two runs">
      {(["a", "b"] as const).map((side, i) => (
        <label key={side}>
          {side.toUpperCase()}{" "}
          <select
            aria-label={`Run ${side.toUpperCase()}`}
            value={String(pair[i])}
            onChange={(event) =>
              onChoose(side, Number(event.currentTarget.value))}
          >
            {runs.map((id) => (
              <option key={id} value={id} disabled={id === pair[1 - i]}>
                run {id}
              </option>
            ))}
          </select>{" "}
          <span class={`pick pick-${side}`}>{pickText(picks[side])}</span>
        </label>
      ))}
      <a class="why-go" href={href}>
        Why? <kbd>w</kbd>
      </a>
      {isPicked && <button type="button" onClick={onClear}>Clear</button>}
      <span class="weak" role="status">
        {picks.a?.step !== undefined && picks.b === undefined
          ? "Now click a point of another run."
          : ""}
      </span>
    </div>
  );
}

function pickText(pick: Pick | undefined): string {
  if (pick?.step === undefined) return "";
  const value = pick.value === null ? "not finite" : number(pick.value);
  return `${shown(pick.metric ?? "")} ${value} at step ${pick.step}`;
}

/** The bar that leads from two runs to why they differ. */
import type { VNode } from "preact";
import type { CurveReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { useRequest } from "../../request.ts";
import { number, shown } from "../../text.ts";
import { atStep } from "../why/parting.ts";
import type { Pick, Picks } from "./picks.ts";

/** The most values of one step that are read: the one that was logged last counts. */
const MOST_LOGGED = 8_000;

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
          <span class={`pick pick-${side}`}>
            <PickText key={JSON.stringify(picks[side])} pick={picks[side]} />
          </span>
        </label>
      ))}
      <a class="why-go" href={href}>
        Why? <kbd>w</kbd>
      </a>
      {isPicked && <button type="button" onClick={onClear}>Clear</button>}
      <span class="weak" role="status">
        {picks.a?.point !== undefined && picks.b === undefined
          ? "Now click a point of another run."
          : ""}
      </span>
    </div>
  );
}

/** A point with its value, which the address does not have. */
function PickText({ pick }: { readonly pick: Pick | undefined }): VNode | null {
  const { run, point } = pick ?? {};
  const state = useRequest(
    async (signal) => {
      if (point === undefined) return undefined;
      const { metric, step } = point;
      const curve = await read<CurveReply>(`/api/runs/${run}/curve`, {
        metric,
        width: MOST_LOGGED,
        from: step,
        to: step,
      }, signal);
      return atStep(step, [curve]).values[0];
    },
    [run, point?.metric, point?.step],
  );
  if (point === undefined) return null;
  const { metric, step } = point;
  if (state.status === "error") return <>{shown(state.error.message)}</>;
  if (state.status === "loading") {
    return <>{`${shown(metric)} at step ${step}`}</>;
  }
  const { value } = state;
  return (
    <>
      {value === undefined
        ? `${shown(metric)} has no value at step ${step}`
        : `${shown(metric)} ${
          value === null ? "not finite" : number(value)
        } at step ${step}`}
    </>
  );
}

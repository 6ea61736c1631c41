/// <reference lib="dom" />
/** How curves are shown: the scale, the smoothing, the axis, the steps. */
import type { VNode } from "preact";
import type { AxisKind } from "./chart_axis.ts";
import { type CurveView, MOST_WEIGHT, setView } from "./curve_view.ts";

const AXES: readonly (readonly [axis: AxisKind, text: string])[] = [
  ["step", "step"],
  ["elapsed", "time since the start"],
  ["clock", "time of day"],
];

/** A few words about the steps that are shown, and how to change them. */
export function rangeText({ range }: CurveView): string {
  return range === undefined
    ? "drag to zoom"
    : `steps ${range.from} to ${range.to}; double click for all`;
}

/** The settings. */
export function CurveSettings({ view, hasAxis = true }: {
  readonly view: CurveView;
  /** Whether a person chooses what the horizontal axis counts. */
  readonly hasAxis?: boolean;
}): VNode {
  return (
    <div class="curve-settings">
      <label class="choice">
        <input
          type="checkbox"
          checked={view.isLog}
          onChange={(event) => setView({ isLog: event.currentTarget.checked })}
        />{" "}
        log scale
      </label>
      <label class="choice">
        smoothing{" "}
        <input
          type="range"
          min={0}
          max={MOST_WEIGHT}
          step={0.01}
          value={view.weight}
          onInput={(event) =>
            setView({ weight: Number(event.currentTarget.value) })}
        />{" "}
        {view.weight.toFixed(2)}
      </label>
      {hasAxis && <AxisChoice axis={view.axis} />}
      {view.range !== undefined && (
        <button
          type="button"
          onClick={() => setView({ range: undefined })}
        >
          All steps
        </button>
      )}
    </div>
  );
}

function AxisChoice({ axis }: { readonly axis: AxisKind }): VNode {
  return (
    <label class="choice">
      by{" "}
      <select
        aria-label="by"
        value={axis}
        onChange={(event) => {
          const chosen = AXES.find(([name]) =>
            name === event.currentTarget.value
          );
          if (chosen !== undefined) setView({ axis: chosen[0] });
        }}
      >
        {AXES.map(([name, text]) => (
          <option key={name} value={name}>{text}</option>
        ))}
      </select>
    </label>
  );
}

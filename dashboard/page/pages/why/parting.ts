/** Where two curves part. */
import type { CurveReply } from "../../../api_types.ts";
import { number } from "../../text.ts";

/** What the values that were read say. Steps that only one of the two has say nothing. */
export type Parting =
  /** No step of the two is known to be common. */
  | { readonly kind: "none" }
  /** No difference was found; `isWhole` if all values were read and can be compared. */
  | { readonly kind: "same"; readonly steps: number; readonly isWhole: boolean }
  /** The values differ at `step`; `isFirst` if they are known to be the same at all common steps before. */
  | {
    readonly kind: "differ";
    readonly step: number;
    readonly isFirst: boolean;
    /** The number of common steps before it. */
    readonly before: number;
  };

/** Compares two curves at the steps that both have, until they differ. */
export function partingOf(a: CurveReply, b: CurveReply): Parting {
  let isWhole = a.isPoints && b.isPoints;
  let [i, j, steps] = [0, 0, 0];
  while (i < a.steps.length && j < b.steps.length) {
    const [left, right] = [a.steps[i]!, b.steps[j]!];
    // Of a step that was logged several times, the last value counts.
    if (a.steps[i + 1] === left) {
      i++;
      continue;
    }
    if (b.steps[j + 1] === right) {
      j++;
      continue;
    }
    if (left < right) i++;
    else if (right < left) j++;
    else {
      const [one, other] = [a.last[i] ?? null, b.last[j] ?? null];
      if (one !== other) {
        return { kind: "differ", step: left, isFirst: isWhole, before: steps };
      }
      // NaN and infinities are not told apart here.
      if (one === null) isWhole = false;
      steps++;
      i++;
      j++;
    }
  }
  return steps === 0 ? { kind: "none" } : { kind: "same", steps, isWhole };
}

/** Says it in a sentence. */
export function partingText(parting: Parting): string {
  switch (parting.kind) {
    case "none":
      return "The two runs have no step in common at which both values were read.";
    case "same":
      return parting.isWhole
        ? `The values are the same at all ${parting.steps} steps that both runs have.`
        : `At the ${parting.steps} common steps that were read, no difference was found; not every value was compared.`;
    case "differ": {
      const { step, isFirst, before } = parting;
      if (!isFirst) {
        return `The values differ at step ${step}; whether they differ before is not known, because not every value was compared.`;
      }
      return before === 0
        ? `The values differ at step ${step}, the first step that both runs have.`
        : `The values first differ at step ${step}; at ${
          before === 1
            ? "the common step before it they are"
            : `the ${before} common steps before it they are`
        } the same.`;
    }
  }
}

/** The values of two runs at one step: the last one of each that was logged there. */
export interface AtStep {
  readonly step: number;
  /** `undefined` if the run logged nothing there, `null` if it is not finite. */
  readonly values: readonly (number | null | undefined)[];
}

/** Reads the values from the curves of that step alone. */
export function atStep(step: number, curves: readonly CurveReply[]): AtStep {
  return {
    step,
    values: curves.map(({ steps, last }) => {
      const place = steps.lastIndexOf(step);
      return place < 0 ? undefined : last[place] ?? null;
    }),
  };
}

/** Says it in a sentence. */
export function atStepText(
  { step, values: [a, b] }: AtStep,
  runs: readonly [number, number],
): string {
  if (a === undefined || b === undefined) {
    const lacking = [a, b].flatMap((value, i) =>
      value === undefined ? [`run ${runs[i]}`] : []
    ).join(" and ");
    return `At step ${step}: ${lacking} logged no value.`;
  }
  if (a === null || b === null) {
    return `At step ${step}: ${valueText(a)} → ${valueText(b)}.`;
  }
  const difference = b - a;
  return `At step ${step}: ${number(a)} → ${number(b)}, ${
    difference === 0
      ? "the same"
      : `a difference of ${difference > 0 ? "+" : ""}${number(difference)}`
  }.`;
}

function valueText(value: number | null): string {
  return value === null ? "not finite" : number(value);
}

import { short } from "../../internal/text.ts";
import type { LeftOutTrials, Measured } from "./_measured.ts";

/** A trial with a larger part of the variance is named. */
const MOST = 0.5;

/** Writes what a reader of an importance should know about its trials. */
export function importanceNotes(
  { metric, fidelity, measured, leftOut }: {
    readonly metric: string;
    readonly fidelity: number | undefined;
    readonly measured: readonly Measured[];
    readonly leftOut: LeftOutTrials;
  },
): string[] {
  const { failed, unmeasured, outside, reused } = leftOut;
  const notes: string[] = [];
  const outlier = outlierOf(measured);
  if (outlier !== undefined) {
    notes.push(
      `Trial ${outlier.trial} with ${metric} ${short(outlier.value)} is ${
        Math.round(100 * outlier.share)
      }% of the variance of all trials, so the shares say mostly what is special about it`,
    );
  }
  if (unmeasured > 0) {
    const place = fidelity === undefined ? "yet" : `at fidelity ${fidelity}`;
    const chosen = "; if the scheduler chose the trials that reached it, the " +
      "shares hold among those";
    notes.push(
      `${trials(unmeasured, "has", "have")} no ${metric} ${place}${
        fidelity === undefined ? "" : chosen
      }`,
    );
  }
  if (failed > 0) {
    notes.push(
      `${
        trials(failed, "failed", "failed")
      }: what makes trials fail is not in the shares`,
    );
  }
  if (outside > 0) {
    notes.push(`${trials(outside, "does", "do")} not fit in the space`);
  }
  if (reused > 0) {
    notes.push(
      `${
        trials(reused, "took", "took")
      } the result of an earlier trial, which counts once`,
    );
  }
  return notes;
}

function trials(count: number, one: string, many: string): string {
  return count === 1 ? `1 trial ${one}` : `${count} trials ${many}`;
}

/** Finds a trial whose distance from the mean is most of the variance. */
function outlierOf(
  measured: readonly Measured[],
): { trial: number; value: number; share: number } | undefined {
  // Scaled, because the square of a large number can overflow.
  const most = measured.reduce(
    (a, { value }) => Math.max(a, Math.abs(value)),
    0,
  );
  if (most === 0) return undefined;
  const scaled = measured.map(({ value }) => value / most);
  const mean = scaled.reduce((a, b) => a + b, 0) / scaled.length;
  const squares = scaled.map((one) => (one - mean) ** 2);
  const all = squares.reduce((a, b) => a + b, 0);
  const at = squares.findIndex((one) => one > MOST * all);
  return at < 0 || measured.length < 5
    ? undefined
    : { ...measured[at]!, share: squares[at]! / all };
}

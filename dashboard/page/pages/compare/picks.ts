/**
 * Points that a person has picked: one of a run, and one of another. The address has them as `a` and `b`:
 * `a=3:10:loss` is step 10 of the loss of run 3, and `a=3` the run as a whole.
 */
import type { ComparedRun } from "../../../api_types.ts";
import {
  type MetricPoint,
  pointAsText,
  pointIn,
} from "../../parts/point_text.ts";
import type { Settings } from "../../router.ts";

/** A point of a curve, or a run as a whole. */
export interface Pick {
  readonly run: number;
  readonly point?: MetricPoint;
}

/** Up to two. */
export interface Picks {
  readonly a?: Pick;
  readonly b?: Pick;
}

/** Adds a point: the first is A, the next one of another run is B; after that, it starts again. */
export function withPick({ a, b }: Picks, pick: Pick): Picks {
  if (a === undefined || b !== undefined) return { a: pick };
  return a.run === pick.run ? { a: pick } : { a, b: pick };
}

/** Reads the points from an address; what is none of these runs or of their metrics is left out. */
export function readPicks(
  query: URLSearchParams,
  runs: readonly ComparedRun[],
): Picks {
  const [a, b] = [
    pickIn(query.get("a"), runs),
    pickIn(query.get("b"), runs),
  ];
  return {
    ...(a && { a }),
    ...(b && b.run !== a?.run && { b }),
  };
}

/** Writes the points as settings of an address. */
export function picksAsSettings({ a, b }: Picks): Settings {
  return { a: pickAsText(a), b: pickAsText(b) };
}

function pickIn(
  text: string | null,
  runs: readonly ComparedRun[],
): Pick | undefined {
  const [, id, rest = ""] = /^(\d{1,15})(?::(.*))?$/s.exec(text ?? "") ?? [];
  const run = runs.find((one) => one.id === Number(id));
  if (run === undefined) return undefined;
  const point = pointIn(rest, run.metrics);
  return { run: run.id, ...(point && { point }) };
}

function pickAsText(pick: Pick | undefined): string | undefined {
  return pick?.point === undefined
    ? pick && String(pick.run)
    : `${pick.run}:${pointAsText(pick.point)}`;
}

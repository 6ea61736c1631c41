/** A search as the drawings need it. */
import type { StudyReply, TrialRow } from "../../../search_types.ts";
import { shown } from "../../text.ts";
import { type Kind, kindOf } from "./kinds.ts";
import { placeOf, type Scale, scaleOf } from "../../parts/scale.ts";

/** A trial with its place on each axis. */
export interface Drawn {
  readonly row: TrialRow;
  readonly kind: Kind;
  /** From 0 to 1, by axis; `undefined` if it has no value there. */
  readonly places: readonly (number | undefined)[];
}

/** An axis: a parameter, or an objective. */
export interface Axis {
  readonly title: string;
  readonly scale: Scale;
  readonly isObjective: boolean;
}

/** The axes and the trials of a search. */
export interface Model {
  readonly axes: readonly Axis[];
  /** The place of the first objective in `axes`. */
  readonly firstObjective: number;
  readonly trials: readonly Drawn[];
}

/** The part of an axis that a person chose: from 0 to 1. */
export type Brush = readonly [low: number, high: number];

/** The chosen parts, by the place of the axis. */
export type Brushes = ReadonlyMap<number, Brush>;

/** Makes the model. */
export function modelOf(study: StudyReply, isLog: boolean): Model {
  const { parameters, objectives, metrics, rows } = study;
  const results = objectives.map(({ name }) => metrics.indexOf(name));
  const numberAt = (row: TrialRow, at: number) => {
    const value = row.results[at];
    return typeof value === "number" ? value : undefined;
  };
  const axes: Axis[] = [
    ...parameters.map(({ path, low, high, isLog, choices }) => ({
      title: shown(path),
      scale: { low, high, isLog, choices: choices.map(shown) },
      isObjective: false,
    })),
    ...objectives.map(({ name }, i) => {
      const values = rows.flatMap((row) => numberAt(row, results[i]!) ?? []);
      return {
        title: shown(name),
        scale: scaleOf(values, isLog && values.every((value) => value > 0)),
        isObjective: true,
      };
    }),
  ];
  const trials = rows.map((row): Drawn => ({
    row,
    kind: kindOf(row),
    places: axes.map(({ scale }, i) => {
      const value = i < parameters.length
        ? row.values[i] ?? undefined
        : numberAt(row, results[i - parameters.length]!);
      return value === undefined ? undefined : placeOf(scale, value);
    }),
  }));
  return { axes, firstObjective: parameters.length, trials };
}

/** Whether a trial is in all chosen parts. */
export function isWithin({ places }: Drawn, brushes: Brushes): boolean {
  for (const [axis, [low, high]] of brushes) {
    const place = places[axis];
    // A little more, so that a value at the edge is in.
    if (place === undefined || place < low - 1e-6 || place > high + 1e-6) {
      return false;
    }
  }
  return true;
}

/** Reads the setting `within` of the address: `0:0.25:0.5,2:0:0.1`. */
export function readBrushes(text: string | null): Brushes {
  const found = new Map<number, Brush>();
  for (const part of (text ?? "").split(",")) {
    const [axis = NaN, low = NaN, high = NaN] = part.split(":").map(Number);
    if (Number.isInteger(axis) && low <= high) found.set(axis, [low, high]);
  }
  return found;
}

/** Writes the setting. */
export function brushesText(brushes: Brushes): string {
  return [...brushes].map(([axis, [low, high]]) =>
    `${axis}:${Number(low.toFixed(4))}:${Number(high.toFixed(4))}`
  ).join(",");
}

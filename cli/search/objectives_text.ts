import type { StudyView } from "../../hyperopt/mod.ts";
import { short } from "../../internal/text.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Config } from "./search_named.ts";

/** Writes what a search optimises: `loss (min)`, or `accuracy (max), latency (min)`. */
export function objectivesText({ objectives }: StudyView<Config>): string {
  return Object.entries(objectives)
    .map(([name, mode]) => `${visible(name)} (${mode})`).join(", ");
}

/** Writes the bounds of a search: `memory <= 400, 0.5 <= recall`. */
export function constraintsText({ constraints }: StudyView<Config>): string {
  return Object.entries(constraints).map(([name, { min, max }]) =>
    [
      ...(min === undefined ? [] : [short(min)]),
      visible(name),
      ...(max === undefined ? [] : [short(max)]),
    ].join(" <= ")
  ).join(", ");
}

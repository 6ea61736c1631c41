/** What the plots of a search need. Texts are visible. */
export interface SearchPlotData {
  /** What is optimised; several objectives have no best trial but a front. */
  readonly objectives: readonly PlotObjective[];
  /** The searched parameters. */
  readonly parameters: readonly PlotParameter[];
  /** The trials, the best first; those without a result come last. */
  readonly trials: readonly PlotTrial[];
  /** Each result that was the best one when it came. */
  readonly progress: readonly {
    readonly spent: number;
    readonly value: number;
  }[];
  /** The units of fidelity that were spent in all. */
  readonly spent: number;
  /** The rungs, in the order of brackets and rungs. */
  readonly rungs: readonly PlotRung[];
  /**
   * Which parameters matter for each objective.
   *
   * @default {it was not computed}
   */
  readonly importance?: readonly PlotImportance[];
}

/** A metric that is optimised. */
export interface PlotObjective {
  /** Its name. */
  readonly name: string;
  /** Whether the least or the greatest value is the best. */
  readonly mode: "min" | "max";
}

/** A searched parameter. */
export interface PlotParameter {
  /** Its path in the config. */
  readonly name: string;
  /** The least and the greatest number, or position in `choices`. */
  readonly low: number;
  /** See `low`. */
  readonly high: number;
  /** Whether its values are spread over their logarithm. */
  readonly log: boolean;
  /** The texts of its choices; empty for a number. */
  readonly choices: readonly string[];
}

/** A trial. */
export interface PlotTrial {
  /** Its number. */
  readonly trial: number;
  /** A number for each parameter; `undefined` if the config does not have it. */
  readonly values: readonly (number | undefined)[];
  /** A number for each objective, at the greatest fidelity that it reached; `undefined` if there is none. */
  readonly results: readonly (number | undefined)[];
  /** `best` is the best trial, or one of the front; `infeasible` ones violate constraints. */
  readonly kind: "best" | "infeasible" | "other";
}

/** A rung, and how many trials reached it. */
export interface PlotRung {
  /** The bracket. */
  readonly bracket: number;
  /** The rung. */
  readonly rung: number;
  /** The fidelity of the rung. */
  readonly fidelity: number;
  /** The trials that entered it. */
  readonly entered: number;
  /** The trials that have a result there. */
  readonly ended: number;
}

/** Which parameters matter for a metric. */
export interface PlotImportance {
  /** What the shares are shares of. */
  readonly title: string;
  /** The parameters, the most important first; none if this is not known. */
  readonly parameters: readonly {
    readonly path: string;
    /** From 0 to 1. */
    readonly share: number;
    /** The standard deviation of the share. */
    readonly spread: number;
  }[];
  /** Why it is not known, and what a reader should know. */
  readonly notes: readonly string[];
}

/** The plots of a search. */
export const SEARCH_PLOTS = [
  "best",
  "front",
  "parallel",
  "slices",
  "rungs",
  "importance",
] as const;

/** The name of a plot of a search. */
export type SearchPlot = (typeof SEARCH_PLOTS)[number];

/** The titles of the plots. */
export const SEARCH_TITLES: Readonly<Record<SearchPlot, string>> = {
  best: "best so far",
  front: "front",
  parallel: "parallel coordinates",
  slices: "slices",
  rungs: "rungs",
  importance: "importance",
};

/** Returns what is written where a plot has nothing to draw. */
export function nothingToDraw(data: SearchPlotData, plot: SearchPlot): string {
  const isSeveral = data.objectives.length > 1;
  if (plot === "best" && isSeveral) {
    return "several objectives have no best result; draw the front";
  }
  if (plot === "front" && !isSeveral) {
    return "one objective has no front; draw the best result";
  }
  return "no result to draw";
}

/** Lists the pairs of objectives whose front is drawn; of many objectives, the first one with each other one. */
export function objectivePairs(count: number): [number, number][] {
  const firsts = count > 4 ? 1 : count;
  const pairs: [number, number][] = [];
  for (let x = 0; x < firsts; x++) {
    for (let y = x + 1; y < count; y++) pairs.push([x, y]);
  }
  return pairs;
}

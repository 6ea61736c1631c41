/** What the plots of a search need. */
export interface SearchPlotData {
  /** The name of the metric. */
  readonly metric: string;
  /** Whether the least or the greatest metric is the best. */
  readonly mode: "min" | "max";
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
  /** Its metric at the greatest fidelity that it reached. */
  readonly result?: number;
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

/** The plots of a search. */
export const SEARCH_PLOTS = ["best", "parallel", "slices", "rungs"] as const;

/** The name of a plot of a search. */
export type SearchPlot = (typeof SEARCH_PLOTS)[number];

/** What a study searches for: its objectives and constraints. */
import { rankedLoss, type Score } from "../objectives/_score.ts";
import type { OpenedEvent } from "./events.ts";

type Metrics = Readonly<Record<string, number>>;

/** The settings of a goal, in the form in which the journal keeps them. */
export type GoalSettings = Pick<
  OpenedEvent,
  "metric" | "mode" | "objectives" | "constraints"
>;

/** The objectives and constraints of a study. */
export class Goal {
  /** The names of the objectives. */
  readonly names: readonly string[];
  /** The modes of the objectives. */
  readonly objectives: Readonly<Record<string, "min" | "max">>;
  readonly constraints: NonNullable<OpenedEvent["constraints"]>;

  constructor({ metric, mode, objectives, constraints }: GoalSettings) {
    this.objectives = objectives ?? { [metric]: mode };
    this.names = Object.keys(this.objectives);
    this.constraints = constraints ?? {};
  }

  /** Whether there are several objectives. */
  get isSeveral(): boolean {
    return this.names.length > 1;
  }

  /** Whether there are constraints. */
  get isConstrained(): boolean {
    return Object.keys(this.constraints).length > 0;
  }

  /** Finds the first metric that a result must have and that is missing or not finite. */
  missing(metrics: Metrics): string | undefined {
    return [...this.names, ...Object.keys(this.constraints)]
      .find((name) => !isNumber(metrics[name]));
  }

  /** Returns the score of a result; `undefined` if a metric is missing or not finite. */
  scoreOf(metrics: Metrics): Score | undefined {
    if (this.missing(metrics) !== undefined) return undefined;
    return {
      losses: this.names.map((name) => {
        const value = metrics[name] as number;
        return this.objectives[name] === "max" ? -value : value;
      }),
      violation: this.#violationOf(metrics),
    };
  }

  /**
   * Returns the score of a report: constraints on metrics that it leaves out, since they are known only at the
   * end, count as satisfied.
   */
  scoreOfReport(metrics: Metrics): Score | undefined {
    const known = { ...metrics };
    for (const [name, { min, max }] of Object.entries(this.constraints)) {
      if (known[name] !== undefined || name in this.objectives) continue;
      known[name] = (max ?? min) as number;
    }
    return this.scoreOf(known);
  }

  /** Whether the rest of a rung would be wasted. With several objectives, a report may leave some of them out. */
  hasDiverged(metrics: Metrics): boolean {
    const known = this.isSeveral
      ? this.names.filter((name) => metrics[name] !== undefined)
      : this.names;
    return known.some((name) => !isNumber(metrics[name]));
  }

  /** Returns the one number by which schedulers rank a score. */
  lossOf(score: Score): number {
    return this.isConstrained && !this.isSeveral
      ? rankedLoss(score)
      : score.losses[0] as number;
  }

  /** Sums the violations, each in units of its bound if that is not 0. */
  #violationOf(metrics: Metrics): number {
    let sum = 0;
    for (const [name, { min, max }] of Object.entries(this.constraints)) {
      const value = metrics[name] as number;
      if (max !== undefined && value > max) sum += excess(value - max, max);
      if (min !== undefined && value < min) sum += excess(min - value, min);
    }
    return Math.min(sum, Number.MAX_VALUE);
  }
}

/** Never 0, however small the excess is. */
function excess(difference: number, bound: number): number {
  const share = bound === 0 ? difference : difference / Math.abs(bound);
  return Math.max(share, Number.MIN_VALUE);
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}

import type { Point } from "../spaces/space.ts";
import type { GaussianProcess } from "./_gaussian_process.ts";
import type { Score } from "./_gp_candidates.ts";
import { logImprovement } from "./_log_improvement.ts";
import type { Features } from "./_matern.ts";

/** A model of the losses at points. */
export interface PointModel {
  readonly process: GaussianProcess;
  /** Writes a point as the process reads it. */
  readonly featuresOf: (point: Point) => Features;
  /** The dimension of each feature. */
  readonly moving: readonly number[];
  /** The number of dimensions of the space. */
  readonly size: number;
}

/** A function of the mean and the deviation of a prediction, with its derivatives. */
type Rule = (mean: number, deviation: number) => {
  readonly value: number;
  readonly byMean: number;
  readonly byDeviation: number;
};

/** Scores a point by the logarithm of the improvement on a loss that is expected there. */
export function improvementOn(best: number, model: PointModel): Score {
  return scoreOf(
    model,
    (mean, deviation) => logImprovement(best, mean, deviation),
  );
}

/** Scores a point by how little its loss would be if it were one deviation below what is predicted. */
export function lowerBound(model: PointModel): Score {
  return scoreOf(
    model,
    (mean, deviation) => ({
      value: deviation - mean,
      byMean: -1,
      byDeviation: 1,
    }),
  );
}

function scoreOf(
  { process, featuresOf, moving, size }: PointModel,
  rule: Rule,
): Score {
  return {
    at: (point) => {
      const { mean, variance } = process.predict(featuresOf(point));
      return rule(mean, Math.sqrt(variance)).value;
    },
    slope: (point) => {
      const { mean, variance, meanSlope, varianceSlope } = process.slope(
        featuresOf(point),
      );
      const deviation = Math.sqrt(variance);
      const { value, byMean, byDeviation } = rule(mean, deviation);
      const gradient = new Float64Array(size);
      moving.forEach((dimension, j) => {
        gradient[dimension] = -byMean * (meanSlope[j] as number) -
          byDeviation * (varianceSlope[j] as number) / (2 * deviation);
      });
      return { value: -value, gradient };
    },
  };
}

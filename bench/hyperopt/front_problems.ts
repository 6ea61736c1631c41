/**
 * Test problems with several objectives, all of them minimised, and partly with constraints.
 *
 * @module
 */

/** The metrics of a point: f1, f2, …, and for each constraint g1, g2, …, which should not be above 0. */
export type Metrics = Record<string, number>;

/** A problem with several objectives. */
export interface FrontProblem {
  readonly name: string;
  /** The range of each parameter. */
  readonly ranges: readonly (readonly [low: number, high: number])[];
  readonly objectives: number;
  readonly constraints: number;
  /** The point from which hypervolumes are measured. */
  readonly reference: readonly number[];
  evaluate(x: readonly number[]): Metrics;
}

function units(count: number): [number, number][] {
  return Array.from({ length: count }, () => [0, 1]);
}

/**
 * ZDT1, ZDT2 and ZDT3: a convex, a concave and a disconnected front.
 *
 * Source: E. Zitzler, K. Deb and L. Thiele, Comparison of Multiobjective Evolutionary Algorithms: Empirical
 * Results, Evolutionary Computation 8 (2000).
 */
function zdt(
  number: number,
  count: number,
  shape: (f1: number, g: number) => number,
): FrontProblem {
  return {
    name: `ZDT${number}, ${count} parameters`,
    ranges: units(count),
    objectives: 2,
    constraints: 0,
    reference: [1.1, 6],
    evaluate([f1 = 0, ...rest]) {
      const sum = rest.reduce((total, x) => total + x, 0);
      const g = 1 + 9 * sum / rest.length;
      return { f1, f2: g * shape(f1, g) };
    },
  };
}

/** Three objectives, a spherical front; K. Deb et al., Scalable Multi-Objective Optimization Test Problems, CEC 2002. */
const dtlz2: FrontProblem = {
  name: "DTLZ2, 3 objectives, 7 parameters",
  ranges: units(7),
  objectives: 3,
  constraints: 0,
  reference: [1.5, 1.5, 1.5],
  evaluate([x = 0, y = 0, ...rest]) {
    const g = rest.reduce((sum, z) => sum + (z - 0.5) ** 2, 0);
    const [a, b] = [x * Math.PI / 2, y * Math.PI / 2];
    return {
      f1: (1 + g) * Math.cos(a) * Math.cos(b),
      f2: (1 + g) * Math.cos(a) * Math.sin(b),
      f3: (1 + g) * Math.sin(a),
    };
  },
};

/** T. Binh and U. Korn, MOBES: A Multiobjective Evolution Strategy for Constrained Optimization Problems, 1997. */
const bnh: FrontProblem = {
  name: "BNH, 2 constraints",
  ranges: [[0, 5], [0, 3]],
  objectives: 2,
  constraints: 2,
  reference: [140, 50],
  evaluate([x = 0, y = 0]) {
    return {
      f1: 4 * x ** 2 + 4 * y ** 2,
      f2: (x - 5) ** 2 + (y - 5) ** 2,
      g1: (x - 5) ** 2 + y ** 2 - 25,
      g2: 7.7 - (x - 8) ** 2 - (y + 3) ** 2,
    };
  },
};

/** N. Srinivas and K. Deb, Multiobjective Optimization Using Nondominated Sorting in Genetic Algorithms, 1994. */
const srn: FrontProblem = {
  name: "SRN, 2 constraints",
  ranges: [[-20, 20], [-20, 20]],
  objectives: 2,
  constraints: 2,
  reference: [250, 50],
  evaluate([x = 0, y = 0]) {
    return {
      f1: 2 + (x - 2) ** 2 + (y - 1) ** 2,
      f2: 9 * x - (y - 1) ** 2,
      g1: x ** 2 + y ** 2 - 225,
      g2: x - 3 * y + 10,
    };
  },
};

/** The problems, by the names by which they are asked for. */
export const FRONT_PROBLEMS: Readonly<Record<string, FrontProblem>> = {
  zdt1: zdt(1, 10, (f1, g) => 1 - Math.sqrt(f1 / g)),
  zdt2: zdt(2, 10, (f1, g) => 1 - (f1 / g) ** 2),
  zdt3: zdt(
    3,
    10,
    (f1, g) => 1 - Math.sqrt(f1 / g) - f1 / g * Math.sin(10 * Math.PI * f1),
  ),
  dtlz2,
  bnh,
  srn,
};

/**
 * Test functions with known optima. All of them are minimised.
 *
 * @module
 */
import type { Random } from "../../hyperopt/random.ts";

/** The values of the parameters of a trial, by name. */
export type Values = Readonly<Record<string, number | string>>;

/** One parameter, in a form that the runners of the peers can read, too. */
export type Parameter =
  | {
    readonly kind: "float" | "int";
    readonly low: number;
    readonly high: number;
    readonly log?: boolean;
  }
  | { readonly kind: "category"; readonly choices: readonly string[] };

/** A function to minimise. */
export interface Problem {
  readonly name: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** The least value, from the literature. */
  readonly optimum: number;
  evaluate(values: Values): number;
}

/** A function that can be approximated at a lower cost. */
export interface FidelityProblem extends Problem {
  /** Returns the value at fidelity `z` of `zMax`; `random` provides the noise. */
  evaluateAt(values: Values, z: number, zMax: number, random: Random): number;
}

const number = (values: Values, name: string): number => Number(values[name]);

function cube(
  count: number,
  low: number,
  high: number,
): Record<string, Parameter> {
  return Object.fromEntries(
    Array.from(
      { length: count },
      (_, index) => [`x${index + 1}`, { kind: "float", low, high } as const],
    ),
  );
}

function vector(values: Values, count: number): number[] {
  return Array.from(
    { length: count },
    (_, index) => number(values, `x${index + 1}`),
  );
}

/** Branin: two dimensions, three equal optima. */
export const branin: Problem = {
  name: "branin",
  parameters: {
    x1: { kind: "float", low: -5, high: 10 },
    x2: { kind: "float", low: 0, high: 15 },
  },
  optimum: 0.397887,
  evaluate(values) {
    const x = number(values, "x1");
    const y = number(values, "x2");
    const bowl = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x -
      6;
    return bowl ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  },
};

const HARTMANN_ALPHA = [1, 1.2, 3, 3.2];
const HARTMANN_A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const HARTMANN_P = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

function hartmann(x: readonly number[], shift: number): number {
  let sum = 0;
  HARTMANN_ALPHA.forEach((alpha, row) => {
    let distance = 0;
    x.forEach((value, column) => {
      const a = HARTMANN_A[row]?.[column] ?? 0;
      distance += a * (value - (HARTMANN_P[row]?.[column] ?? 0)) ** 2;
    });
    sum += (alpha - shift) * Math.exp(-distance);
  });
  return -sum;
}

/** Hartmann 6: six dimensions, six local optima. */
export const hartmann6: Problem = {
  name: "hartmann6",
  parameters: cube(6, 0, 1),
  optimum: -3.32237,
  evaluate: (values) => hartmann(vector(values, 6), 0),
};

/** The errors of low fidelities of {@linkcode hartmannFidelity}. */
export interface HartmannFidelityOptions {
  /** @default {0.5} */
  readonly bias?: number;
  /** @default {0.1} */
  readonly noise?: number;
}

/** Hartmann 6 with fidelities: bias and noise below the greatest fidelity depend on its logarithm. */
export function hartmannFidelity(
  options: HartmannFidelityOptions = {},
): FidelityProblem {
  const { bias = 0.5, noise = 0.1 } = options;
  return {
    ...hartmann6,
    name: "hartmann6-fidelity",
    evaluateAt(values, z, zMax, random) {
      const u = Math.log(z) / Math.log(zMax);
      return hartmann(vector(values, 6), bias * (1 - u)) +
        noise * (1 - u) * random.normal();
    },
  };
}

/**
 * Counting ones: the negated share of ones among `categories` choices of 0 and 1 and `floats` probabilities;
 * at fidelity `z` each probability is estimated by `z` draws.
 *
 * Source: S. Falkner, A. Klein and F. Hutter, BOHB, ICML 2018, section 5.1.
 */
export function countingOnes(
  categories: number,
  floats: number,
): FidelityProblem {
  const parameters: Record<string, Parameter> = {};
  for (let index = 0; index < categories; index++) {
    parameters[`c${index}`] = { kind: "category", choices: ["0", "1"] };
  }
  for (let index = 0; index < floats; index++) {
    parameters[`f${index}`] = { kind: "float", low: 0, high: 1 };
  }
  const total = categories + floats;
  const sum = (values: Values, chance: (p: number) => number): number =>
    Object.entries(parameters).reduce((ones, [name, { kind }]) => {
      const value = number(values, name);
      return ones + (kind === "category" ? value : chance(value));
    }, 0);
  const draws = (p: number, z: number, random: Random): number => {
    let ones = 0;
    for (let draw = 0; draw < z; draw++) if (random.next() < p) ones++;
    return ones / z;
  };
  return {
    name: `counting-ones-${categories}+${floats}`,
    parameters,
    optimum: -1,
    evaluate: (values) => -sum(values, (p) => p) / total,
    evaluateAt: (values, z, _zMax, random) =>
      -sum(values, (p) => draws(p, z, random)) / total,
  };
}

/** Rosenbrock: a bent valley in four dimensions. */
export const rosenbrock: Problem = {
  name: "rosenbrock4",
  parameters: cube(4, -5, 10),
  optimum: 0,
  evaluate(values) {
    const x = vector(values, 4);
    let sum = 0;
    for (let index = 0; index + 1 < x.length; index++) {
      const here = x[index] ?? 0;
      const next = x[index + 1] ?? 0;
      sum += 100 * (next - here ** 2) ** 2 + (1 - here) ** 2;
    }
    return sum;
  },
};

/** Ackley: many local optima around one optimum that is away from the middle of the box; five dimensions. */
export const ackley: Problem = {
  name: "ackley5",
  parameters: cube(5, -20, 32.768),
  optimum: 0,
  evaluate(values) {
    const x = vector(values, 5);
    const squares = x.reduce((sum, value) => sum + value ** 2, 0) / x.length;
    const waves =
      x.reduce((sum, value) => sum + Math.cos(2 * Math.PI * value), 0) /
      x.length;
    return -20 * Math.exp(-0.2 * Math.sqrt(squares)) - Math.exp(waves) + 20 +
      Math.E;
  },
};

const OPTIMIZERS = ["sgd", "momentum", "adam", "lion"];
const ACTIVATIONS = ["relu", "tanh", "gelu"];

/** A synthetic training run: learning rate (log), width (int, log), depth (int), and two categories that shift the best rate. */
export const mixed: Problem = {
  name: "mixed",
  parameters: {
    lr: { kind: "float", low: 1e-5, high: 1, log: true },
    width: { kind: "int", low: 4, high: 512, log: true },
    depth: { kind: "int", low: 1, high: 8 },
    optimizer: { kind: "category", choices: OPTIMIZERS },
    activation: { kind: "category", choices: ACTIVATIONS },
    dropout: { kind: "float", low: 0, high: 0.8 },
  },
  optimum: 0,
  evaluate(values) {
    const optimizer = OPTIMIZERS.indexOf(String(values["optimizer"]));
    const activation = ACTIVATIONS.indexOf(String(values["activation"]));
    const bestRate = [-0.5, -1.2, -2.8, -3.6][optimizer] ?? 0;
    const rate = (Math.log10(number(values, "lr")) - bestRate) / 1.5;
    const width = Math.log2(number(values, "width") / 96) / 3;
    const depth = (number(values, "depth") - [3, 4, 6][activation]!) / 4;
    const dropout = number(values, "dropout") - 0.25;
    return rate ** 2 + width ** 2 + depth ** 2 + 2 * dropout ** 2 +
      ([0.3, 0.12, 0, 0.05][optimizer] ?? 0) +
      ([0.1, 0.15, 0][activation] ?? 0) + 0.5 * Math.abs(rate * depth);
  },
};

/** A network with one hidden layer and a choice of activations, for the search. */
import { softmax } from "./activations.ts";
import type { Sample } from "./data.ts";
import { createNetwork, type Layer } from "./network.ts";
import type { Random } from "./random.ts";

/** A function between the layers. */
export interface Activation {
  /** The function. */
  apply(x: number): number;
  /** Its derivative, from the value of the function. */
  slope(value: number): number;
}

/** The name of an activation. */
export type ActivationName = "relu" | "tanh" | "sigmoid";

/** The activations to choose from. */
export const ACTIVATIONS: Readonly<Record<ActivationName, Activation>> = {
  relu: {
    apply: (x: number) => Math.max(0, x),
    slope: (value: number) => value > 0 ? 1 : 0,
  },
  tanh: {
    apply: (x: number) => Math.tanh(x),
    slope: (value: number) => 1 - value * value,
  },
  sigmoid: {
    apply: (x: number) => 1 / (1 + Math.exp(-x)),
    slope: (value: number) => value * (1 - value),
  },
};

/** A network with one hidden layer. */
export class Perceptron {
  readonly #activation: Activation;
  readonly #hidden: Layer;
  readonly #output: Layer;

  /** Makes a network with random weights. */
  constructor(width: number, activation: ActivationName, random: Random) {
    this.#activation = ACTIVATIONS[activation];
    [this.#hidden, this.#output] = createNetwork([4, width, 3], random) as [
      Layer,
      Layer,
    ];
  }

  /** Returns the probabilities of the species. */
  classify(features: Float64Array): Float64Array {
    return softmax(sums(this.#output, this.#hide(features)));
  }

  /** Updates the weights with one sample. */
  learn({ features, label }: Sample, lr: number): void {
    const hidden = this.#hide(features);
    const error = softmax(sums(this.#output, hidden))
      .map((p, k) => p - (k === label ? 1 : 0));
    const below = hidden.map((value, i) => {
      let sum = 0;
      for (let k = 0; k < 3; k++) {
        sum += this.#output.weights[k * hidden.length + i]! * error[k]!;
      }
      return sum * this.#activation.slope(value);
    });
    move(this.#output, hidden, error, lr);
    move(this.#hidden, features, below, lr);
  }

  #hide(features: Float64Array): Float64Array {
    return sums(this.#hidden, features).map(this.#activation.apply);
  }
}

function sums(layer: Layer, input: Float64Array): Float64Array {
  return layer.biases.map((bias, o) => {
    let sum = bias;
    for (let i = 0; i < layer.inputs; i++) {
      sum += layer.weights[o * layer.inputs + i]! * input[i]!;
    }
    return sum;
  });
}

function move(
  layer: Layer,
  input: Float64Array,
  error: Float64Array,
  lr: number,
): void {
  for (let o = 0; o < layer.outputs; o++) {
    for (let i = 0; i < layer.inputs; i++) {
      layer.weights[o * layer.inputs + i]! -= lr * error[o]! * input[i]!;
    }
    layer.biases[o]! -= lr * error[o]!;
  }
}

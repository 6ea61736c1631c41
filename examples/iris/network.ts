/** A small fully connected network, trained by stochastic gradient descent. */
import type { Sample } from "./data.ts";
import { relu, softmax } from "./activations.ts";
import { crossEntropy } from "./loss.ts";
import type { Random } from "./random.ts";

/** One fully connected layer. */
export interface Layer {
  /** The weights, row by row: `outputs` rows of `inputs` weights. */
  readonly weights: Float64Array;
  readonly biases: Float64Array;
  readonly inputs: number;
  readonly outputs: number;
}

/** Makes a network with layers of the given sizes and He's initial weights. */
export function createNetwork(
  sizes: readonly number[],
  random: Random,
): Layer[] {
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]!;
    const scale = Math.sqrt(6 / inputs);
    const weights = Float64Array.from(
      { length: inputs * outputs },
      () => (random() * 2 - 1) * scale,
    );
    return { weights, biases: new Float64Array(outputs), inputs, outputs };
  });
}

/** Returns the values of every layer for one input, the probabilities last. */
export function forward(
  network: readonly Layer[],
  input: Float64Array,
): Float64Array[] {
  const values = [input];
  for (const [index, layer] of network.entries()) {
    const sums = applyLayer(layer, values[index]!);
    values.push(index === network.length - 1 ? softmax(sums) : sums.map(relu));
  }
  return values;
}

function applyLayer(layer: Layer, input: Float64Array): Float64Array {
  const sums = Float64Array.from(layer.biases);
  for (let o = 0; o < layer.outputs; o++) {
    for (let i = 0; i < layer.inputs; i++) {
      sums[o]! += layer.weights[o * layer.inputs + i]! * input[i]!;
    }
  }
  return sums;
}

/** Propagates the error of one sample back through the network, updates the weights and returns the loss. */
export function learn(
  network: readonly Layer[],
  sample: Sample,
  lr: number,
): number {
  const values = forward(network, sample.features);
  const output = values.at(-1)!;
  let error: Float64Array = output.map((p, k) =>
    p - (k === sample.label ? 1 : 0)
  );
  for (let index = network.length - 1; index >= 0; index--) {
    error = stepLayer(network[index]!, values[index]!, error, lr);
  }
  return crossEntropy(output, sample.label);
}

/** Updates the weights of one layer and returns the error of the layer below it. */
function stepLayer(
  layer: Layer,
  input: Float64Array,
  error: Float64Array,
  lr: number,
): Float64Array {
  const below = new Float64Array(layer.inputs);
  for (let o = 0; o < layer.outputs; o++) {
    for (let i = 0; i < layer.inputs; i++) {
      const at = o * layer.inputs + i;
      // The derivative of relu is 0 where its value is 0.
      if (input[i]! !== 0) below[i]! += layer.weights[at]! * error[o]!;
      layer.weights[at]! -= lr * error[o]! * input[i]!;
    }
    layer.biases[o]! -= lr * error[o]!;
  }
  return below;
}

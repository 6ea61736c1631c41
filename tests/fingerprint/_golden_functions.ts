/** Functions with types, in the shapes that people write. Their hashes are pinned. */

// deno-lint-ignore ban-types
type AnyFunction = Function;

export interface Sample {
  readonly label: string;
  readonly weights: readonly number[];
}

function mean(values: readonly number[]): number {
  let sum: number = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? NaN : sum / values.length;
}

const softmax = <T extends ArrayLike<number>>(logits: T): number[] => {
  const most = Math.max(...Array.from(logits)) as number;
  const powers = Array.from(logits, (x: number) => Math.exp(x - most));
  const total = powers.reduce((a, b) => a + b, 0)!;
  return powers.map((x) => x / total);
};

async function* batches(
  source: AsyncIterable<Sample>,
  { size = 0x20, last }: { size?: number; last?: boolean } = {},
): AsyncGenerator<Sample[]> {
  let batch: Sample[] = [];
  outer: for await (const sample of source) {
    if (sample?.label === undefined) continue outer;
    batch.push({ ...sample, label: `${sample.label}!` });
    if (batch.length >= size) {
      yield batch;
      batch = [];
    }
  }
  if (last ?? batch.length > 0) yield batch;
}

class Layer {
  static count = 0;
  readonly #weights: Float64Array;
  protected bias?: number = 1_000;
  constructor(size: number) {
    this.#weights = new Float64Array(size);
    Layer.count++;
  }
  get size(): number {
    return this.#weights.length;
  }
  forward(input: readonly number[]): number {
    let total = this.bias ?? 0;
    for (let i = 0, n = input.length; i < n; i++) {
      total += this.#weights[i]! * input[i]!;
    }
    return /^relu$/iu.test("relu") ? Math.max(0, total) : total;
  }
}

function parse(text: string): unknown {
  try {
    switch (text.trim()) {
      case "":
        return null;
      case "true":
      case "false":
        return text === "true";
      default:
        return JSON.parse(text) as unknown;
    }
  } catch (error: unknown) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    void 0;
  }
}

const size = Object.getOwnPropertyDescriptor(Layer.prototype, "size")!.get!;

/** Each function with its hash. */
export const GOLDEN: readonly (readonly [string, AnyFunction, string])[] = [
  [
    "mean",
    mean,
    "ato-code-v1:00acea3275ebe12c027c97f7fe83e3c6bba54be1269ecd99cd035f5e819c51af",
  ],
  [
    "softmax",
    softmax,
    "ato-code-v1:8c1ad1c028ce14bbb576e75fd23fb1f2b9f2f4509ad9143034be1b0149beb15b",
  ],
  [
    "batches",
    batches,
    "ato-code-v1:032b415a79e29c0a6cfa1047056a92c832c041c32fde72be19da318fb3f71be0",
  ],
  [
    "Layer",
    Layer,
    "ato-code-v1:662f4c8faef3c9ca2323c38696c85a107e9a7c51448aeb092722f1a74c5e7920",
  ],
  [
    "Layer.forward",
    Layer.prototype.forward,
    "ato-code-v1:c87369982a9e19687c1773f593b3bf5959dc3a52508faa51568dcc3c79dd0646",
  ],
  [
    "Layer.size",
    size,
    "ato-code-v1:ee13c5e92dfaee403e2ac6ae3c8a7a3b2ae7a5e783e69702e29422cdc29017d6",
  ],
  [
    "parse",
    parse,
    "ato-code-v1:cca21ba8f9c5e3eccb9307904a53f7359825c0bdb619e0139aef61091021a6b0",
  ],
];

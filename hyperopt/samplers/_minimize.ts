/** A function with its gradient. */
export interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Options for {@linkcode minimize}. */
export interface MinimizeOptions {
  /** The bounds of each coordinate. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** The most steps. */
  readonly steps: number;
}

/** The changes of the point and of the gradient in one step. */
interface Memory {
  readonly moved: Float64Array;
  readonly bent: Float64Array;
  readonly product: number;
}

const MEMORY = 8;
const SMALL = 1e-6;

/**
 * Finds a local minimum in a box: L-BFGS over the coordinates that are not held by a bound, with steps that are
 * halved until they descend.
 *
 * Source: J. Nocedal and S. J. Wright, Numerical Optimization (2006), algorithms 7.4 and 3.1.
 *
 * @param slopeAt The function.
 * @param start The first point, in the box.
 * @param options The box and the number of steps.
 * @returns the best point and its value.
 */
export function minimize(
  slopeAt: (x: Float64Array) => Slope,
  start: Float64Array,
  { low, high, steps }: MinimizeOptions,
): { x: Float64Array; value: number } {
  let x = start;
  let slope = slopeAt(x);
  const memory: Memory[] = [];
  for (let step = 0; step < steps; step++) {
    const free = freeGradient(x, slope.gradient, { low, high });
    if (!(Math.max(...free.map(Math.abs)) > SMALL)) break;
    const way = directionOf(free, memory);
    const next = descend(slopeAt, { x, slope, way }, { low, high });
    if (next === undefined) {
      if (memory.length === 0) break;
      memory.length = 0;
      continue;
    }
    remember(memory, { x, slope }, next);
    const gain = slope.value - next.slope.value;
    ({ x, slope } = next);
    if (gain < 1e-9 * (1 + Math.abs(slope.value))) break;
  }
  return { x, value: slope.value };
}

/** Returns the gradient without the coordinates that a bound holds. */
function freeGradient(
  x: Float64Array,
  gradient: Float64Array,
  { low, high }: Pick<MinimizeOptions, "low" | "high">,
): Float64Array {
  return gradient.map((g, i) => {
    const at = x[i] as number;
    const isHeld = (at <= (low[i] as number) && g > 0) ||
      (at >= (high[i] as number) && g < 0);
    return isHeld ? 0 : g;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Returns the direction of the quasi-Newton step, which descends. */
function directionOf(
  gradient: Float64Array,
  memory: readonly Memory[],
): Float64Array {
  let way = gradient.map((g) => -g);
  const factors: number[] = [];
  for (const { moved, bent, product } of [...memory].reverse()) {
    const factor = dot(moved, way) / product;
    factors.push(factor);
    way = way.map((w, i) => w - factor * (bent[i] as number));
  }
  const last = memory.at(-1);
  const scale = last === undefined
    ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient)))
    : last.product / dot(last.bent, last.bent);
  way = way.map((w) => w * scale);
  for (const { moved, bent, product } of memory) {
    const change = (factors.pop() as number) - dot(bent, way) / product;
    way = way.map((w, i) => w + change * (moved[i] as number));
  }
  way = way.map((w, i) => gradient[i] === 0 ? 0 : w);
  return dot(way, gradient) < 0 ? way : gradient.map((g) => -g * scale);
}

interface Place {
  readonly x: Float64Array;
  readonly slope: Slope;
}

/** Takes a step that descends enough; returns `undefined` if there is none. */
function descend(
  slopeAt: (x: Float64Array) => Slope,
  { x, slope, way }: Place & { readonly way: Float64Array },
  { low, high }: Pick<MinimizeOptions, "low" | "high">,
): Place | undefined {
  for (let share = 1; share > 1e-5; share /= 2) {
    const next = x.map((old, i) =>
      Math.min(
        high[i] as number,
        Math.max(low[i] as number, old + share * (way[i] as number)),
      )
    );
    const there = slopeAt(next);
    const moved = next.map((value, i) => value - (x[i] as number));
    const enough = slope.value + 1e-4 * dot(slope.gradient, moved);
    if (there.value <= enough && there.value < slope.value) {
      return { x: next, slope: there };
    }
  }
  return undefined;
}

function remember(memory: Memory[], from: Place, to: Place): void {
  const moved = to.x.map((value, i) => value - (from.x[i] as number));
  const bent = to.slope.gradient.map((g, i) =>
    g - (from.slope.gradient[i] as number)
  );
  const product = dot(moved, bent);
  if (!(product > 1e-12)) return;
  memory.push({ moved, bent, product });
  if (memory.length > MEMORY) memory.shift();
}

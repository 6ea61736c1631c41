import type { NumericSketch } from "../internal/run_source.ts";
import { Sketcher } from "./_sketcher.ts";

/**
 * Summarises the numbers in a value, so that "differs by 1 ulp" can be distinguished from "differs". Looks
 * into arrays, typed arrays, tensors, mappings, Maps and Sets, in their order.
 *
 * @param value Any value.
 * @returns the summary, or `undefined` if there are no numbers.
 *
 * @example
 * ```ts
 * import { sketchValue } from "@ato/ato/fingerprint";
 * import { assertEquals } from "@std/assert";
 *
 * const sketch = sketchValue({ weights: new Float64Array([3, 4]), name: "x" });
 * assertEquals([sketch?.count, sketch?.mean, sketch?.l2], [2, 3.5, 5]);
 * assertEquals(sketchValue("no numbers"), undefined);
 * ```
 */
export function sketchValue(value: unknown): NumericSketch | undefined {
  const sketcher = new Sketcher();
  sketcher.add(value);
  return sketcher.finish();
}

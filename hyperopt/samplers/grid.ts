import { checkMethods, SPACE } from "../_settings.ts";
import type { Point, Space } from "../spaces/space.ts";
import type { Sampler } from "./sampler.ts";

/**
 * Samples each point of the grid of a space once; the first parameter changes slowest.
 *
 * Points that were started before (because they were enqueued, or in an earlier session) are left out.
 *
 * @param space The space; each number must have a grid.
 * @returns a sampler that ends after the last point.
 * @throws {SpaceError} If a number has no grid.
 *
 * @example
 * ```ts
 * import { category, createRandom, defineSpace, gridSampler } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ activation: category(["relu", "tanh"]) });
 * const sampler = gridSampler(space);
 * const first = sampler.sample(0, createRandom(1)) ?? [];
 * sampler.started?.(0, first);
 * assertEquals(space.toConfig(first), { activation: "relu" });
 * ```
 */
export function gridSampler<C>(space: Space<C>): Sampler {
  checkMethods("sample a grid", "space", space, SPACE);
  const points = space.grid()[Symbol.iterator]();
  const started = new Set<string>();
  let current = points.next();
  return {
    name: "grid",
    sample(): Point | undefined {
      while (!current.done && started.has(space.hash(current.value))) {
        current = points.next();
      }
      return current.done ? undefined : current.value;
    },
    started(_trial: number, point: Point): void {
      started.add(space.hash(point));
    },
  };
}

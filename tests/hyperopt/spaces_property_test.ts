import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import { ADict } from "../../adict/mod.ts";
import {
  category,
  conditional,
  defineSpace,
  float,
  int,
  ordinal,
  type Point,
  type Space,
  type SpaceSpec,
} from "../../hyperopt/mod.ts";

const RUNS = { numRuns: 300, seed: 7 };

const bounds = (value: fc.Arbitrary<number>) =>
  fc.tuple(value, value).map((pair) =>
    pair.sort((a, b) => a - b) as [number, number]
  );

const anyNumber = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const anyPositive = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
const grid = fc.integer({ min: 1, max: 3 });
const choices = fc.array(
  fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer()),
    fc.dictionary(fc.string(), fc.integer()),
  ),
  { minLength: 1, maxLength: 3 },
).filter((values) => {
  try {
    defineSpace({ x: category(values) });
    return true;
  } catch {
    return false; // the same value twice, e.g. objects whose keys differ in order
  }
});

const parameter = fc.oneof(
  fc.record({ b: bounds(anyNumber), grid }).map(({ b, grid }) =>
    float(...b, { grid })
  ),
  fc.record({ b: bounds(anyPositive), grid }).map(({ b, grid }) =>
    float(...b, { grid, log: true })
  ),
  fc.record({ b: bounds(fc.integer()), grid }).map(({ b, grid }) =>
    int(...b, { grid })
  ),
  fc.record({ b: bounds(fc.integer({ min: 1, max: 1e9 })), grid }).map((
    { b, grid },
  ) => int(...b, { grid, log: true })),
  choices.map((values) => category(values)),
  choices.map((values) => ordinal(values)),
);

const name = fc.oneof(
  fc.constantFrom("lr", "a b", "keys", "toString", "size", "0", "größe"),
  fc.string({ minLength: 1, maxLength: 5 }),
).filter((name) =>
  !/\.|^(__proto__|constructor|prototype|paramType|param_type)$/.test(name)
);

const { spec } = fc.letrec<{ spec: SpaceSpec; node: never }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2, depthIdentifier: "spec" },
    { weight: 4, arbitrary: parameter },
    { weight: 1, arbitrary: tie("spec") },
    {
      weight: 1,
      arbitrary: fc.dictionary(name, tie("spec"), {
        minKeys: 1,
        maxKeys: 3,
        depthIdentifier: "spec",
      })
        .map((branches) => conditional(" choice", branches)),
    },
  ) as fc.Arbitrary<never>,
  spec: fc.dictionary(name, tie("node"), {
    minKeys: 1,
    maxKeys: 3,
    depthIdentifier: "spec",
  }) as fc.Arbitrary<SpaceSpec>,
}));

/** A space, and a number from 0 to 1 for each of its dimensions. */
const spaceAndDraws = spec.chain((spec) => {
  const space = defineSpace(spec) as Space<unknown>;
  const { length } = space.dimensions;
  return fc.record({
    space: fc.constant(space),
    draws: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: length,
      maxLength: length,
    }),
  });
});

/** Returns the point of such numbers. */
function pointOf(space: Space<unknown>, draws: readonly number[]): Point {
  const point: (number | undefined)[] = [];
  space.dimensions.forEach(({ low, high, kind, when }, i) => {
    const parent = when === undefined ? undefined : point[when.dimension];
    if (
      when !== undefined &&
      (parent === undefined || !when.positions.includes(parent))
    ) {
      point.push(undefined);
      return;
    }
    const value = Math.min(high, Math.max(low, low + draws[i]! * (high - low)));
    point.push((kind === "float" ? value : Math.round(value)) + 0);
  });
  return point;
}

test("toPoint: the config of a point has the same point", () => {
  fc.assert(
    fc.property(spaceAndDraws, ({ space, draws }) => {
      const point = pointOf(space, draws);
      const config = space.toConfig(point) as object;
      assertEquals(space.toPoint(config), point);
      assertEquals(space.toPoint(new ADict(config)), point);
      assertEquals(space.toConfig(space.toPoint(config)!), config);
    }),
    RUNS,
  );
});

test("grid: every point fits, and none is repeated", () => {
  fc.assert(
    fc.property(spec, (spec) => {
      const space = defineSpace(spec) as Space<unknown>;
      const hashes = new Set<string>();
      let count = 0;
      for (const point of space.grid()) {
        if (++count > 300) break;
        assertEquals(space.toPoint(space.toConfig(point)), point);
        hashes.add(space.hash(point));
      }
      assert(count > 0);
      const isTwice = space.dimensions.some(({ kind, grid }) =>
        kind === "float" && new Set(grid).size < grid.length
      );
      if (!isTwice) assertEquals(hashes.size, Math.min(count, 300));
    }),
    RUNS,
  );
});

test("hash: two points have the same hash exactly if they have the same config", () => {
  fc.assert(
    fc.property(
      spaceAndDraws,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
        minLength: 60,
        maxLength: 60,
      }),
      ({ space, draws }, more) => {
        const a = pointOf(space, draws);
        const b = pointOf(
          space,
          draws.map((draw, i) => i % 2 === 0 ? draw : more[i % 60]!),
        );
        const same = JSON.stringify(a) === JSON.stringify(b);
        (same ? assertEquals : assertNotEquals)(space.hash(a), space.hash(b));
      },
    ),
    RUNS,
  );
});

test("grid: numbers ascend from the lower to the upper bound", () => {
  fc.assert(
    fc.property(parameter, (parameter) => {
      const { kind, low, high, grid } = defineSpace({ p: parameter })
        .dimensions[0]!;
      assertEquals(grid.toSorted((a, b) => a - b), grid);
      assert(grid.every((value) => value >= low && value <= high));
      assertEquals(grid[0], low);
      if (grid.length > 1 || kind === "category") {
        assertEquals(grid.at(-1), high);
      }
    }),
    RUNS,
  );
});

test("defineSpace: any value that is not a space is refused with the path of the parameter", () => {
  fc.assert(
    fc.property(
      fc.anything({ withMap: true, withDate: true, withBigInt: true }),
      (value) => {
        try {
          defineSpace({ model: { x: value } } as never);
        } catch (error) {
          assertEquals((error as Error).name, "SpaceError", String(error));
          assert((error as { path: string }).path.startsWith("model.x"));
        }
      },
    ),
    { numRuns: 2000, seed: 8 },
  );
});

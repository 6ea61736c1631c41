/** Facts from a file share the sets of their factors; the answer is that of facts that share nothing. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { explainFacts, type RunFacts } from "@ato/ato/why";
import { InternedFactors } from "../../internal/interned_factors.ts";
import { LayeredFactors } from "../../internal/layered_factors.ts";
import { NumberMap } from "../../internal/number_map.ts";
import { NumberSet } from "../../internal/number_set.ts";

const FULL = { level: "full", missing: [] } as const;

/** Sets of config leaves and of code, some of which lack a factor that others have. */
const sets = (ids: readonly string[]) =>
  fc.array(
    fc.tuple(...ids.map((id) =>
      fc.option(fc.constantFrom("1", "2"), { nil: undefined })
        .map((value) => [id, value] as const)
    )).map((all) =>
      new Map(all.flatMap(([id, value]) =>
        value === undefined ? [] : [[id, value] as [string, string]]
      ))
    ),
    { minLength: 1, maxLength: 4 },
  );

const histories = fc.tuple(
  sets(["config:lr", "config:depth", "seed"]),
  sets(["code:a.ts#f", "code:a.ts#g", "code:b.ts#f"]),
  fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 3 })), {
    minLength: 2,
    maxLength: 12,
  }),
).map(([configs, codes, runs]) =>
  runs.map(([config, code, value]) => ({
    layers: [configs[config % configs.length]!, codes[code % codes.length]!],
    value: value / 3,
  }))
);

function runOf(
  id: number,
  value: number,
  factors: ReadonlyMap<string, string>,
): RunFacts {
  const loss = {
    count: 1,
    lastStep: 0,
    last: value,
    lastFinite: value,
    min: value,
    max: value,
  };
  return {
    id,
    status: "completed",
    coverage: { config: FULL, code: FULL, inputs: FULL, environment: FULL },
    factors,
    unread: new Set(),
    metrics: new Map([["loss", loss]]),
  };
}

type Layers = readonly Map<string, string>[];

/** Numbers names and values as a file does; each set is made once. */
function interner(): (layer: Map<string, string>) => InternedFactors {
  const [names, values] = [
    new Map<number, string>(),
    new Map<number, string>(),
  ];
  const numberIn = (texts: Map<number, string>, text: string): number => {
    const known = [...texts].find(([, one]) => one === text)?.[0];
    const number = known ?? texts.size + 1;
    texts.set(number, text);
    return number;
  };
  const texts = {
    names,
    values,
    numberOf: (name: string) => [...names].find(([, one]) => one === name)?.[0],
  };
  const made = new Map<Map<string, string>, InternedFactors>();
  return (layer) => {
    const known = made.get(layer);
    if (known !== undefined) return known;
    const members = [...layer].flatMap(([name, value]) => [
      numberIn(names, name),
      numberIn(values, value),
    ]);
    const factors = new InternedFactors(members, texts);
    made.set(layer, factors);
    return factors;
  };
}

/** One map of all factors of a run. */
const plain = (layers: Layers) =>
  new Map(layers.flatMap((layer) => [...layer]));

/** How the factors of runs are given, made again for each history. */
const FORMS: Readonly<
  Record<string, () => (layers: Layers, run: number) => RunFacts["factors"]>
> = {
  "sets that runs share": () => (layers) => new LayeredFactors(layers),
  "numbered sets": () => {
    const intern = interner();
    return (layers) => new LayeredFactors(layers.map(intern));
  },
  "numbered sets, and runs without": () => {
    const intern = interner();
    return (layers, run) =>
      run % 3 === 0 ? plain(layers) : new LayeredFactors(layers.map(intern));
  },
  "numbered sets of two files": () => {
    const interns = [interner(), interner()];
    return (layers, run) =>
      new LayeredFactors(layers.map(interns[run % 2] ?? interner()));
  },
};

for (const [name, form] of Object.entries(FORMS)) {
  test(`explainFacts: the answer does not depend on how factors are given: ${name}`, () => {
    fc.assert(fc.property(histories, (runs) => {
      const verdicts = [form(), plain].map((factorsOf) => {
        const [a, b, ...others] = runs.map(({ layers, value }, id) =>
          runOf(id + 1, value, factorsOf(layers, id))
        );
        return explainFacts({ a: a!, b: b!, others, leftOut: 0 });
      });
      assertEquals(verdicts[0], verdicts[1]);
    }));
  });
}

test("InternedFactors: is the map of its names and values, small or large", () => {
  const entries = fc.uniqueArray(fc.tuple(fc.string(), fc.string()), {
    selector: ([name]) => name,
    maxLength: 150,
  });
  fc.assert(
    fc.property(entries, (all) => {
      const map = new Map(all);
      const factors = interner()(map);
      for (const [name, value] of map) assertEquals(factors.get(name), value);
      assertEquals(
        [factors.get("not there"), factors.has("not there")],
        [map.get("not there"), map.has("not there")],
      );
      assertEquals(factors.size, map.size);
      assertEquals(new Map(factors), map);
      assertEquals([...factors.keys()], [...map.keys()]);
      assertEquals([...factors.values()], [...map.values()]);
      const seen = new Map<string, string>();
      factors.forEach((value, name) => seen.set(name, value));
      assertEquals(seen, map);
    }),
    { numRuns: 30, examples: [[[["a", "1"]]]] },
  );
});

test("NumberMap, NumberSet: behave as a map and a set, for small ids and others", () => {
  const ids = fc.array(
    fc.oneof(
      fc.integer({ min: -3, max: 20 }),
      fc.constantFrom(5_000, 1_000_000, 2 ** 52),
    ),
  );
  fc.assert(
    fc.property(ids, (numbers) => {
      const [map, set] = [new NumberMap<number>(), new NumberSet()];
      const plain = new Map<number, number>();
      numbers.forEach((number, at) => {
        map.set(number, at);
        set.add(number);
        plain.set(number, at);
      });
      for (const number of [...numbers, 7, -1, 5e9]) {
        assertEquals(map.get(number), plain.get(number));
      }
      assertEquals([...set.list()], [...plain.keys()]);
    }),
    { numRuns: 30 },
  );
});

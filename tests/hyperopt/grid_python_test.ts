import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import { ADict } from "../../adict/mod.ts";
import { defineSpace, prepareDistributions } from "../../hyperopt/mod.ts";
import { runPython, skip } from "./_python.ts";

type Form = Record<string, unknown>;

const samples = fc.integer({ min: 1, max: 9 });

function rangeOf(bound: fc.Arbitrary<number>): fc.Arbitrary<number[]> {
  return fc.tuple(bound, bound).map((range) => range.sort((a, b) => a - b));
}

const integers = fc.oneof(
  fc.record({
    param_type: fc.constantFrom("INTEGER", "integer"),
    param_range: rangeOf(fc.integer({ min: -1000, max: 1000 })),
    num_samples: samples,
  }),
  fc.record({
    param_type: fc.constant("INTEGER"),
    param_range: rangeOf(fc.integer({ min: 1, max: 1e6 })),
    num_samples: samples,
    space_type: fc.constant("LOG"),
    base: fc.constantFrom(2, 10, 3.5),
  }),
);

const positive = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
const floats = fc.oneof(
  fc.record({
    param_type: fc.constantFrom("FLOAT", "Float"),
    param_range: rangeOf(fc.double({ min: -1e6, max: 1e6, noNaN: true })),
    num_samples: samples,
    space_type: fc.constant("LINEAR"),
  }),
  fc.record({
    param_type: fc.constant("FLOAT"),
    param_range: rangeOf(positive),
    num_samples: samples,
    space_type: fc.constant("LOG"),
  }),
);

const categories = fc.record({
  param_type: fc.constant("CATEGORY"),
  categories: fc.uniqueArray(
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    { minLength: 1, maxLength: 4, selector: (value) => JSON.stringify(value) },
  ),
});

const isLogInteger = (form: Form) =>
  String(form["param_type"]).toUpperCase() === "INTEGER" &&
  form["space_type"] === "LOG";

/** Returns Python's values of a number, corrected. */
function mended(form: Form, values: unknown[]): unknown[] {
  if (!isLogInteger(form)) return values;
  const [low, high] = form["param_range"] as [number, number];
  const count = form["num_samples"] as number;
  const exact = values.map((_, i) =>
    count === 1 ? low : low * Math.pow(high / low, i / (count - 1))
  );
  // Truncation and our rounding agree on all but the fraction.
  exact.forEach((value, i) => {
    const theirs = values[i] as number;
    assertEquals(Math.abs(theirs - value) <= 1.000001, true, `${theirs}`);
  });
  return [...new Set(exact.map(Math.round))];
}

function assertSame(ours: unknown, theirs: unknown, form: Form): void {
  if (String(form["param_type"]).toUpperCase() !== "FLOAT") {
    assertEquals(ours, theirs);
    return;
  }
  // Python's values have 32 bits: half a unit in the last of 24 places.
  const size = Math.max(Math.abs(ours as number), 1e-38);
  assertAlmostEquals(ours as number, theirs as number, size * 2 ** -23);
}

test("grid: the grid of each parameter is that of Python ato", { skip }, () => {
  const forms: Form[] = [
    ...fc.sample(integers, { seed: 11, numRuns: 1200 }),
    ...fc.sample(floats, { seed: 12, numRuns: 1200 }),
    ...fc.sample(categories, { seed: 13, numRuns: 300 }),
  ];
  const theirs = runPython<unknown[][]>("grid", forms.map((p) => ({ p })));
  forms.forEach((form, i) => {
    const space = defineSpace({ p: form });
    const ours = Array.from(
      space.grid(),
      (p) => (space.toConfig(p) as Form)["p"],
    );
    const wanted = mended(form, theirs[i]!.map(([value]) => value));
    assertEquals(ours.length, wanted.length, JSON.stringify(form));
    ours.forEach((value, k) => assertSame(value, wanted[k], form));
  });
});

test(
  "grid: the order of several parameters is that of Python ato",
  { skip },
  () => {
    const space = fc.dictionary(
      fc.constantFrom("lr", "width", "depth", "model", "seed"),
      fc.oneof(
        integers.filter((form) => !isLogInteger(form)),
        floats.map((form) => ({ ...form, num_samples: 3 })),
        categories,
      ),
      { minKeys: 2, maxKeys: 4 },
    );
    const cases = fc.sample(space, { seed: 14, numRuns: 60 })
      .map((forms) => ({ ...forms }));
    const theirs = runPython<unknown[][]>("grid", cases);
    cases.forEach((forms, i) => {
      const names = Object.keys(forms);
      const ours = prepareDistributions(new ADict(), forms);
      assertEquals(ours.length, theirs[i]!.length);
      ours.forEach((config, k) => {
        names.forEach((name, n) => {
          const value = (config as ADict).get(name);
          const plain = value instanceof ADict ? value.toObject() : value;
          assertSame(plain, (theirs[i]![k] as unknown[])[n], forms[name]!);
        });
      });
    });
  },
);

test("grid: integers on a log scale are right, unlike those of Python ato", {
  skip,
}, () => {
  const form = (low: number, high: number, count: number, base: number) => ({
    param_type: "INTEGER",
    param_range: [low, high],
    num_samples: count,
    space_type: "LOG",
    base,
  });
  const forms = [form(1, 64, 10, 2), form(10, 1000, 3, 10)];
  const theirs = runPython<number[][]>("grid", forms.map((p) => ({ p })));
  assertEquals(theirs.map((grid) => grid.flat()), [
    [1, 1, 2, 4, 6, 10, 16, 25, 40, 64],
    [10, 99, 999],
  ]);
  assertEquals(forms.map((p) => defineSpace({ p }).dimensions[0]!.grid), [
    [1, 2, 3, 4, 6, 10, 16, 25, 40, 64],
    [10, 100, 1000],
  ]);
});

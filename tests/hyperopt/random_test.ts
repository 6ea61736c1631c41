import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  createRandom,
  type Random,
  SearchUsageError,
} from "../../hyperopt/mod.ts";
import { binned, chiSquare } from "./_sampling.ts";

function take<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}

/** The 99.99% quantile of Pearson's statistic, by Wilson and Hilferty. */
function quantile(bins: number): number {
  const freedom = bins - 1;
  const step = 2 / (9 * freedom);
  return freedom * (1 - step + 3.719 * Math.sqrt(step)) ** 3;
}

function correlation(xs: number[], ys: number[]): number {
  const mean = (values: number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(xs), mean(ys)];
  const of = (one: number[], a: number, other: number[], b: number) =>
    mean(one.map((value, index) => (value - a) * (other[index]! - b)));
  return of(xs, x, ys, y) / Math.sqrt(of(xs, x, xs, x) * of(ys, y, ys, y));
}

test("createRandom: the first numbers of some seeds never change", () => {
  const first = (seed: number | string) => {
    const random = createRandom(seed);
    return [
      random.next(),
      random.next(),
      random.integer(1000),
      Number(random.normal().toFixed(12)),
      random.fork(7).next(),
      random.fork("x").next(),
    ];
  };
  assertEquals(first(0), [
    0.7255334015787689,
    0.9638852857198257,
    530,
    -1.993735772109,
    0.9430024291221308,
    0.17174996661042174,
  ]);
  assertEquals(first("iris"), [
    0.5534298005532773,
    0.786525278275823,
    411,
    -0.752059968250,
    0.6785580088224978,
    0.8270290946295967,
  ]);
  assertEquals(first(-2.5), [
    0.1306602467882455,
    0.9583220885372518,
    74,
    -0.708835846676,
    0.7852592459506128,
    0.267781832379956,
  ]);
});

test("createRandom: the same seed gives the same numbers, another seed gives others", () => {
  const seeds = [0, 1, -1, 0.5, 2 ** 40, 1e300, "", "0", "1", "a", "b", "ab"];
  const firsts = seeds.map((seed) => createRandom(seed).next());
  assertEquals(new Set(firsts).size, seeds.length);
  assertEquals(seeds.map((seed) => createRandom(seed).next()), firsts);
});

test("next: numbers are uniform, also over neighbouring seeds", () => {
  const random = createRandom(1);
  const drawn = take(100_000, () => random.next());
  assert(drawn.every((value) => value >= 0 && value < 1));
  assert(chiSquare(binned(drawn, 1000)) < quantile(1000));
  const firsts = take(20_000, () => 0).map((_, seed) =>
    createRandom(seed).next()
  );
  assert(chiSquare(binned(firsts, 200)) < quantile(200));
  assert(Math.abs(correlation(firsts.slice(1), firsts.slice(0, -1))) < 0.03);
});

test("next: each of the 53 bits is set half the time", () => {
  const random = createRandom("bits");
  const set = new Array<number>(53).fill(0);
  const draws = 10_000;
  for (let draw = 0; draw < draws; draw++) {
    let rest = random.next() * 2 ** 53;
    assert(Number.isInteger(rest));
    for (let bit = 0; bit < 53; bit++) {
      set[bit]! += rest % 2;
      rest = Math.floor(rest / 2);
    }
  }
  for (const count of set) {
    assert(Math.abs(count - draws / 2) < 250, `${count}`);
  }
});

test("integer: integers are uniform below any bound, and the bound is checked", () => {
  const random = createRandom("integers");
  for (const bound of [1, 2, 3, 6, 10, 255, 256]) {
    const counts = new Array<number>(bound).fill(0);
    for (const value of take(20_000, () => random.integer(bound))) {
      counts[value]! += 1;
    }
    assertEquals(counts.length, bound);
    if (bound > 1) assert(chiSquare(counts) < quantile(bound), `${bound}`);
  }
  // A remainder of 32 bits alone would give the lower half two times in three.
  for (const bound of [3 * 2 ** 30, 3 * 2 ** 51]) {
    const drawn = take(20_000, () => random.integer(bound));
    assert(drawn.every((value) => Number.isInteger(value) && value < bound));
    assert(
      chiSquare(binned(drawn.map((value) => value / bound), 12)) < quantile(12),
    );
  }
  for (const bound of [0, -1, 1.5, NaN, Infinity, 2 ** 53 + 2]) {
    const error = assertThrows(() => random.integer(bound), SearchUsageError);
    assertEquals(error.setting, "bound");
  }
});

test("normal: numbers have the moments and the tails of the distribution", () => {
  const random = createRandom("normal");
  const drawn = take(100_000, () => random.normal());
  const moment = (power: number) =>
    drawn.reduce((sum, value) => sum + value ** power, 0) / drawn.length;
  assert(Math.abs(moment(1)) < 0.015);
  assert(Math.abs(moment(2) - 1) < 0.02);
  assert(Math.abs(moment(3)) < 0.05);
  assert(Math.abs(moment(4) - 3) < 0.12);
  const beyond = (limit: number) =>
    drawn.filter((value) => value > limit).length / drawn.length;
  assert(Math.abs(beyond(1) - 0.158655) < 0.005);
  assert(Math.abs(beyond(2) - 0.02275) < 0.002);
  assert(Math.abs(beyond(3) - 0.00135) < 0.0005);
});

const uses: [string, (random: Random) => unknown][] = [
  ["next", (random) => random.next()],
  ["integer", (random) => random.integer(7)],
  ["normal", (random) => random.normal()],
  ["fork", (random) => random.fork(1).next()],
];

test("fork: it depends only on the seed and the key", () => {
  for (const [name, use] of uses) {
    const used = createRandom(5);
    take(3, () => use(used));
    for (const key of [0, 1, "1", "x"]) {
      const fresh = createRandom(5).fork(key);
      const forked = used.fork(key);
      const draw = (random: Random) => [random.normal(), random.next()];
      assertEquals(draw(forked), draw(fresh), `after ${name}`);
    }
  }
});

test("fork: its use changes neither its parent nor its siblings", () => {
  for (const [name, use] of uses) {
    const [parent, untouched] = [createRandom(8), createRandom(8)];
    const [one, other] = [parent.fork(1), parent.fork(2)];
    take(5, () => use(one));
    assertEquals(parent.next(), untouched.next(), name);
    assertEquals(other.next(), untouched.fork(2).next(), name);
  }
});

test("fork: forks of neighbouring keys, and forks of forks, are independent", () => {
  const parent = createRandom(0);
  const forks = take(20_000, () => 0).map((_, key) => parent.fork(key).next());
  assert(chiSquare(binned(forks, 200)) < quantile(200));
  assert(Math.abs(correlation(forks.slice(1), forks.slice(0, -1))) < 0.03);
  const [one, other] = [parent.fork(1), parent.fork(2)];
  const [xs, ys] = [one, other].map((fork) => take(20_000, () => fork.next()));
  assert(Math.abs(correlation(xs!, ys!)) < 0.03);
  const related = [
    parent,
    parent.fork(""),
    parent.fork("").fork(""),
    parent.fork(0),
    parent.fork("0"),
    parent.fork("ab"),
    parent.fork("a").fork("b"),
    parent.fork("b").fork("a"),
    parent.fork(1).fork(2),
    parent.fork(12),
  ].map((random) => random.next());
  assertEquals(new Set(related).size, related.length);
});

test("createRandom: seeds and keys that are not numbers are named", () => {
  for (const wrong of [NaN, Infinity]) {
    const seed = assertThrows(() => createRandom(wrong), SearchUsageError);
    assertEquals(seed.setting, "seed");
    const key = assertThrows(
      () => createRandom(1).fork(wrong),
      SearchUsageError,
    );
    assertEquals(key.setting, "key");
  }
});

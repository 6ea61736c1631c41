/** The tables of learning curves, and the searches over them. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { randomSampler, type Sampler } from "@ato/ato/hyperopt";
import {
  groundOf,
  SCHEDULERS,
  searchCurves,
} from "../../bench/hyperopt/curve_search.ts";
import {
  type CurveTable,
  lookupOf,
  readTables,
} from "../../bench/hyperopt/curve_table.ts";

/** Four configs with known curves over 27 epochs; the third one diverges in epoch 4. */
function smallTable(): CurveTable {
  const curve = (loss: (epoch: number) => number | null) =>
    Array.from({ length: 27 }, (_, index) => loss(index + 1));
  return {
    name: "small",
    about: "made up",
    use: "tune",
    metric: "loss",
    kind: "grid",
    unit: "epochs",
    max: 27,
    parameters: { x: { kind: "ordinal", choices: [0, 1, 2, 3] } },
    configs: [[0], [1], [2], [3]],
    losses: [
      curve(() => 5),
      // Good early, bad at the end.
      curve((epoch) => epoch < 27 ? 1 : 8),
      curve((epoch) => epoch < 4 ? 0 : null),
      // Bad early, best at the end.
      curve((epoch) => epoch < 27 ? 7 : 2),
    ],
  };
}

/** Gives the configs in the order of the table, and remembers what it was told. */
function inOrder(told: [number, number, number | undefined][] = []): Sampler {
  return {
    name: "in order",
    sample: (trial) => trial < 4 ? [trial] : undefined,
    observe: ({ trial, fidelity, loss }) =>
      void told.push([trial, fidelity, loss]),
  };
}

function regretsOf(scheduler: string, budgets: readonly number[]): number[] {
  const table = smallTable();
  return searchCurves(groundOf(table), {
    scheduler: SCHEDULERS[scheduler]!(table),
    sampler: inOrder(),
    seed: 0,
    budgets,
  });
}

test("each stored table is whole, and finds its own configs", () => {
  const tables = readTables("all");
  assert(tables.length >= 10);
  for (const table of tables) {
    const { name, configs, losses, max } = table;
    assert(configs.length >= 300 && configs.length <= 500, name);
    assertEquals(losses.length, configs.length, name);
    assertEquals(max % 27, 0, name);
    const names = Object.keys(table.parameters);
    const lookup = lookupOf(table);
    configs.forEach((config, row) => {
      const values = Object.fromEntries(
        names.map((parameter, index) => [parameter, config[index]!]),
      );
      const found = lookup.find(values);
      assertEquals(configs[found], config, `${name}, row ${row}`);
      const curve = losses[row]!;
      const diverged = curve.indexOf(null);
      const rest = diverged === -1 ? [] : curve.slice(diverged);
      assertEquals(curve.length, max, name);
      assert(rest.every((loss) => loss === null), name);
    });
  }
});

test("about half of the tables are held out", () => {
  const [tune, heldOut] = [readTables("tune"), readTables("held-out")];
  assert(Math.abs(tune.length - heldOut.length) <= 1);
  const twice = tune.filter(({ name }) =>
    heldOut.some((table) => table.name === name)
  );
  assertEquals(twice, []);
});

test("numbers beside a grid are taken for the nearest value, on the scale of the parameter", () => {
  const parameter = { low: 1, high: 100, choices: [1, 10, 100] };
  const rowOf = (log: boolean, x: number) =>
    lookupOf({
      ...smallTable(),
      parameters: { x: { kind: "float", log, ...parameter } },
    }).find({ x });
  assertEquals([4, 20, 60].map((x) => rowOf(true, x)), [1, 1, 2]);
  assertEquals([4, 20, 60].map((x) => rowOf(false, x)), [0, 1, 2]);
});

test("two configs of different categories are as far apart as the ends of a number", () => {
  const { find } = lookupOf({
    ...smallTable(),
    kind: "random",
    parameters: {
      lr: { kind: "float", low: 0, high: 1, log: false },
      kind: { kind: "category", choices: ["a", "b"] },
    },
    configs: [[0, "a"], [0.9, "b"], [1, "a"]],
  });
  assertEquals(find({ lr: 0.1, kind: "a" }), 0);
  assertEquals(find({ lr: 0.1, kind: "b" }), 1);
  assertEquals(find({ lr: 0.6, kind: "a" }), 2);
});

test("a result counts for a budget only if its job ended within it", () => {
  // The least loss is 2. The second config is worse; the third fails in epoch 4, after 58 epochs in all.
  assertEquals(regretsOf("full", [0.5, 1, 2, 3, 85 / 27 - 0.01, 85 / 27]), [
    // Nothing has ended: the greatest loss, 8.
    6,
    3,
    3,
    3,
    3,
    0,
  ]);
});

test("the best config is that of the greatest fidelity, and its regret is that of a full training", () => {
  // The third config is the best after one epoch and after three. A full training would diverge, which counts as the
  // greatest loss.
  assertEquals(regretsOf("asha", [3 / 27, 5 / 27, 10]), [6, 6, 6]);
});

test("a trial that diverged has failed, and is told to the sampler without a loss", () => {
  const told: [number, number, number | undefined][] = [];
  const table = smallTable();
  searchCurves(groundOf(table), {
    scheduler: SCHEDULERS.full!(table),
    sampler: inOrder(told),
    seed: 0,
    budgets: [10],
  });
  assertEquals(told, [[0, 27, 5], [1, 27, 8], [2, 27, undefined], [3, 27, 2]]);
});

test("halving and hyperband begin again until the budget is spent", () => {
  const [table] = readTables("tune", ["mlp-wine"]);
  const ground = groundOf(table!);
  for (const name of ["halving", "hyperband"]) {
    let trials = 0;
    const inner = randomSampler(ground.space);
    const scheduler = SCHEDULERS[name]!(table!);
    searchCurves(ground, {
      scheduler,
      sampler: {
        name: "counting",
        sample: (trial, random) => {
          trials = trial + 1;
          return inner.sample(trial, random);
        },
      },
      seed: 1,
      budgets: [40],
    });
    // A bracket of halving costs three full trainings, all brackets of hyperband thirteen.
    assert(trials > (name === "halving" ? 300 : 100), `${name}: ${trials}`);
  }
});

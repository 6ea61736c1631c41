/**
 * Measures samplers and schedulers on tables of real learning curves: the regret at equal budgets over many seeds, whether
 * the samplers are not inferior to random search, and the ranks beside other packages.
 *
 * `deno run --config deno.npm.json -A bench/hyperopt/curves.ts [--tables=tune|held-out|fresh|all] [--names=mlp-wine,...]
 * [--samplers=random,tpe,bohb] [--schedulers=full,...] [--budgets=5,10,20,40] [--seeds=30] [--first-seed=0]
 * [--out=rows.json] [--rows=rows.json ...] [--peer=peer.json ...] [--reference=random] [--floor=0] [--cells] [--about]`
 *
 * `--out` writes the regrets as JSON; `--rows` adds those of earlier runs, `--peer` those of `curves_peers.py`. Seeds that
 * follow each other are joined.
 * `--floor=0.01` makes the margin at least 1 % of the distance between the least and the median loss of a table. With
 * `--samplers=none` nothing runs, and only the report is made. `--about` prints what the tables are. Prints tables in
 * Markdown.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { aboutTables } from "./curve_about.ts";
import { type CurveRow, joinSeeds, reportCurves } from "./curve_report.ts";
import { makeSampler } from "./curve_samplers.ts";
import { groundOf, SCHEDULERS, searchCurves } from "./curve_search.ts";
import { type CurveTable, fullLosses, readTables } from "./curve_table.ts";
import { quantile } from "./inferiority.ts";

const { values: given } = parseArgs({
  options: {
    tables: { type: "string", default: "tune" },
    names: { type: "string", default: "" },
    samplers: { type: "string", default: "random,tpe,bohb" },
    schedulers: { type: "string", default: Object.keys(SCHEDULERS).join(",") },
    budgets: { type: "string", default: "5,10,20,40" },
    seeds: { type: "string", default: "30" },
    "first-seed": { type: "string", default: "0" },
    out: { type: "string" },
    rows: { type: "string", multiple: true, default: [] },
    peer: { type: "string", multiple: true, default: [] },
    reference: { type: "string", default: "random" },
    floor: { type: "string", default: "0" },
    cells: { type: "boolean", default: false },
    about: { type: "boolean", default: false },
  },
});

/** What is measured on each table. */
interface Plan {
  readonly schedulers: readonly string[];
  readonly samplers: readonly string[];
  readonly budgets: readonly number[];
  readonly seeds: readonly number[];
}

function list(text: string): string[] {
  return text.split(",").filter((part) => part !== "" && part !== "none");
}

function planOf(): Plan {
  const first = Number(given["first-seed"]);
  return {
    schedulers: list(given.schedulers),
    samplers: list(given.samplers),
    budgets: list(given.budgets).map(Number).sort((a, b) => a - b),
    seeds: Array.from({ length: Number(given.seeds) }, (_, at) => first + at),
  };
}

function measure(table: CurveTable, plan: Plan): CurveRow[] {
  const ground = groundOf(table);
  const { budgets, seeds } = plan;
  return plan.schedulers.flatMap((scheduler) =>
    plan.samplers.flatMap((sampler) => {
      const bySeed = seeds.map((seed) =>
        searchCurves(ground, {
          scheduler: SCHEDULERS[scheduler]!(table),
          sampler: makeSampler(sampler, {
            space: ground.space,
            seed,
            scheduler,
          }),
          seed,
          budgets,
        })
      );
      return budgets.map((budget, at): CurveRow => ({
        table: table.name,
        use: table.use,
        scheduler,
        sampler,
        by: "Ato",
        budget,
        firstSeed: seeds[0] ?? 0,
        regrets: bySeed.map((regrets) => regrets[at]!),
      }));
    })
  );
}

function readRows(file: string): CurveRow[] {
  return JSON.parse(readFileSync(file, "utf8"));
}

function main(): void {
  const plan = planOf();
  const unknown = plan.schedulers.find((name) => !(name in SCHEDULERS));
  if (unknown !== undefined) {
    throw new RangeError(
      `Cannot measure the scheduler ${unknown}: give ${
        Object.keys(SCHEDULERS).join(", ")
      }`,
    );
  }
  const which = given.tables as "tune" | "held-out" | "fresh" | "all";
  const tables = readTables(which, list(given.names));
  if (given.about) return console.log(aboutTables(tables));
  const measured = tables.flatMap((table) => {
    const began = performance.now();
    const rows = measure(table, plan);
    const seconds = (performance.now() - began) / 1000;
    console.error(`${table.name}: ${seconds.toFixed(1)} s`);
    return rows;
  });
  if (given.out !== undefined) {
    writeFileSync(given.out, JSON.stringify(measured));
  }
  const names = new Set(tables.map(({ name }) => name));
  const budgets = new Set(plan.budgets);
  const schedulers = new Set(plan.schedulers);
  const rows = joinSeeds([
    ...measured,
    ...[...given.rows, ...given.peer].flatMap(readRows),
  ])
    .filter(({ table, budget, scheduler }) =>
      names.has(table) && budgets.has(budget) && schedulers.has(scheduler)
    );
  const { reference, cells } = given;
  const floors = Object.fromEntries(tables.map((table) => {
    const { least, of } = fullLosses(table);
    return [table.name, Number(given.floor) * (quantile(of, 0.5) - least)];
  }));
  console.log(reportCurves(rows, { reference, cells, floors }));
}

main();

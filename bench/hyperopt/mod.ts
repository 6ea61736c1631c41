/**
 * Measures samplers and schedules: regret at equal budget over many seeds, and the cost of one ask and tell.
 *
 * `deno run -A bench/hyperopt/mod.ts [--seeds=20] [--first-seed=0] [--budget=100] [--methods=tpe,gp] [--one-fidelity] [--peer=peer.json]`, where `peer.json` is the output of
 * `optuna_peer.py` with the same seeds. Prints tables in Markdown.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { readFileSync } from "node:fs";
import { createRandom } from "../../hyperopt/random.ts";
import { bohbSampler } from "../../hyperopt/samplers/bohb.ts";
import { cmaEsSampler } from "../../hyperopt/samplers/cma_es.ts";
import { gaussianProcessSampler } from "../../hyperopt/samplers/gaussian_process.ts";
import { randomSampler } from "../../hyperopt/samplers/random.ts";
import { sobolSampler } from "../../hyperopt/samplers/sobol.ts";
import { tpeSampler } from "../../hyperopt/samplers/tpe.ts";
import { type MakeSampler, regrets } from "./drive.ts";
import {
  ackley,
  branin,
  countingOnes,
  hartmann6,
  hartmannFidelity,
  mixed,
  rosenbrock,
} from "./functions.ts";
import { overhead } from "./overhead.ts";
import {
  asha,
  hyperband,
  scheduledRegret,
  successiveHalving,
  wholeTrials,
} from "./schedules.ts";
import { costTable, type Peer, regretTable, type Row } from "./table.ts";

const UNITS = 1902;

const SAMPLERS: Record<string, MakeSampler> = {
  random: (space) => randomSampler(space),
  sobol: (space, seed) => sobolSampler(space, { seed }),
  tpe: (space) => tpeSampler(space),
  bohb: (space) => bohbSampler(space),
  "cma-es": (space) => cmaEsSampler(space),
  "separable cma-es": (space) =>
    cmaEsSampler(space, { covariance: "separable" }),
  gp: (space) => gaussianProcessSampler(space),
};
const PROBLEMS = [
  branin,
  hartmann6,
  rosenbrock,
  ackley,
  mixed,
  countingOnes(8, 8),
];
const SCHEDULES = {
  "whole trials": wholeTrials,
  "successive halving": successiveHalving,
  hyperband,
  asha,
};

const SINGLE = "random,sobol,tpe,cma-es,separable cma-es,gp";

function single(
  seeds: readonly number[],
  methods: readonly string[],
  budget: number,
): Row[] {
  return PROBLEMS.flatMap((problem) =>
    methods.map((method) => ({
      problem: problem.name,
      method,
      regrets: seeds.map((seed) =>
        regrets(problem, SAMPLERS[method] as MakeSampler, {
          seed,
          random: createRandom(seed),
          budget,
        }).at(-1)
      ),
    }))
  );
}

function scheduled(seeds: readonly number[]): Row[] {
  const problem = hartmannFidelity();
  return Object.entries(SCHEDULES).flatMap(([name, schedule]) =>
    ["random", "tpe", "bohb"].map((method) => ({
      problem: problem.name,
      method: `${name} + ${method}`,
      regrets: seeds.map((seed) =>
        scheduledRegret(problem, {
          schedule: schedule(),
          make: SAMPLERS[method] as MakeSampler,
        }, { seed, random: createRandom(seed), units: UNITS })
      ),
    }))
  );
}

function costs(): Peer["overhead"] {
  const gp = [50, 100, 300].map((trials) => ({
    storage: "sampler alone",
    sampler: "gp",
    trials,
    ms: overhead(SAMPLERS["gp"] as MakeSampler, trials, 12),
  }));
  const others = [100, 1000, 10_000].flatMap((trials) =>
    ["random", "sobol", "tpe", "bohb", "cma-es"].map((sampler) => ({
      storage: "sampler alone",
      sampler,
      trials,
      ms: overhead(SAMPLERS[sampler] as MakeSampler, trials, 120),
    }))
  );
  return [...others, ...gp];
}

function main(): void {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "20" },
      "first-seed": { type: "string", default: "0" },
      budget: { type: "string", default: "100" },
      methods: { type: "string", default: SINGLE },
      "one-fidelity": { type: "boolean", default: false },
      peer: { type: "string" },
    },
  });
  const seeds = Array.from(
    { length: Number(values.seeds) },
    (_, index) => Number(values["first-seed"]) + index,
  );
  const peer: Peer = values.peer === undefined
    ? { regrets: [], overhead: [] }
    : JSON.parse(readFileSync(values.peer, "utf8"));
  const name = `Optuna ${peer.optuna ?? ""}`.trim();
  const methods = values.methods.split(",");
  const rows = single(seeds, methods, Number(values.budget));
  if (!values["one-fidelity"]) rows.push(...scheduled(seeds));
  console.log(regretTable(rows, peer, name));
  if (values["one-fidelity"]) return;
  console.log(costTable(costs(), peer, name));
}

main();

/**
 * Measures samplers for several objectives: the hypervolume of the feasible trials at equal budgets.
 *
 * `deno run -A bench/hyperopt/fronts.ts [--seeds=20] [--first-seed=0] [--budgets=100,300] [--problems=zdt1]
 * [--methods=nsga2] [--peer=peer.json]`, where `peer.json` is the output of `fronts_peer.py` with the same
 * seeds and budgets. Prints a table in Markdown.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  defineSpace,
  float,
  fullFidelity,
  hypervolume,
  motpeSampler,
  nsga2Sampler,
  openStudy,
  randomSampler,
  type Sampler,
  type Space,
} from "../../hyperopt/mod.ts";
import { FRONT_PROBLEMS, type FrontProblem } from "./front_problems.ts";

/** The hypervolumes at each budget, by seed, by method, by problem. */
type Volumes = Record<string, Record<string, number[][]>>;

const SAMPLERS: Record<string, (space: Space<unknown>) => Sampler> = {
  random: (space) => randomSampler(space),
  nsga2: (space) => nsga2Sampler(space),
  motpe: (space) => motpeSampler(space),
};

function volumesOf(
  problem: FrontProblem,
  makeSampler: (space: Space<unknown>) => Sampler,
  { seed, budgets }: { seed: number; budgets: readonly number[] },
): number[] {
  const names = problem.ranges.map((_, index) => `x${index}`);
  const space = defineSpace(Object.fromEntries(
    problem.ranges.map(([low, high], i) => [names[i]!, float(low, high)]),
  ));
  const numbered = (letter: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
  const objectives = numbered("f", problem.objectives);
  const constraints = numbered("g", problem.constraints);
  const study = openStudy<Record<string, number>>({
    id: problem.name,
    space: space as Space<Record<string, number>>,
    sampler: makeSampler(space),
    scheduler: fullFidelity({ trials: Math.max(...budgets) }),
    objectives: Object.fromEntries(objectives.map((name) => [name, "min"])),
    constraints: Object.fromEntries(
      constraints.map((name) => [name, { max: 0 }]),
    ),
    seed,
  });
  const found: number[][] = [];
  const volumes: number[] = [];
  for (;;) {
    const answer = study.ask();
    if (answer.kind !== "job") break;
    const { config } = answer.job;
    const metrics = problem.evaluate(names.map((name) => config[name]!));
    study.tell(answer.job, { metrics });
    if (constraints.every((name) => metrics[name]! <= 0)) {
      found.push(objectives.map((name) => metrics[name]!));
    }
    if (budgets.includes(answer.job.trial + 1)) {
      volumes.push(hypervolume(found, problem.reference));
    }
  }
  study.close();
  return volumes;
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

/** Returns the mean and its standard error. */
function cell(volumes: readonly number[]): string {
  const mean = meanOf(volumes);
  const squares = volumes.map((volume) => (volume - mean) ** 2);
  const error = Math.sqrt(meanOf(squares) / (volumes.length - 1));
  const digits = mean < 10 ? 3 : 0;
  return `${mean.toFixed(digits)} ± ${error.toFixed(digits)}`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "20" },
      "first-seed": { type: "string", default: "0" },
      budgets: { type: "string", default: "100,300,1000" },
      problems: { type: "string" },
      methods: { type: "string" },
      peer: { type: "string" },
    },
  });
  const budgets = values.budgets.split(",").map(Number);
  const first = Number(values["first-seed"]);
  const seeds = Array.from(
    { length: Number(values.seeds) },
    (_, index) => first + index,
  );
  const problems = values.problems?.split(",") ?? Object.keys(FRONT_PROBLEMS);
  const methods = values.methods?.split(",") ?? Object.keys(SAMPLERS);
  const peer: Volumes = values.peer === undefined
    ? {}
    : JSON.parse(readFileSync(values.peer, "utf8"));
  const peers = Object.keys(Object.values(peer)[0] ?? {});
  const heads = [...methods, ...peers.map((name) => `Optuna's ${name}`)];
  console.log(`| problem | trials | ${heads.join(" | ")} |`);
  console.log(`| --- | --- | ${heads.map(() => "---").join(" | ")} |`);
  for (const name of problems) {
    const problem = FRONT_PROBLEMS[name]!;
    const columns = methods.map((method) =>
      seeds.map((seed) =>
        volumesOf(problem, SAMPLERS[method]!, { seed, budgets })
      )
    ).concat(peers.map((method) => peer[name]![method]!));
    budgets.forEach((budget, index) => {
      const cells = columns.map((rows) =>
        cell(rows.map((volumes) => volumes[index]!))
      );
      console.log(`| ${problem.name} | ${budget} | ${cells.join(" | ")} |`);
    });
  }
}

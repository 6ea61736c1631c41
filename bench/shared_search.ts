/**
 * Where a shared search saturates: simulates up to 1,000 workers with what an engine and the owner cost, and measures
 * what the owner costs here.
 *
 * ```sh
 * deno run -A bench/shared_search.ts
 * deno run -A bench/shared_search.ts latency=0.5 append=0.2 read=0.2 publish=0.3 take=0.3 ack=0.2 decide=0.3
 * ```
 */
import process from "node:process";
import {
  defineSpace,
  type EngineCosts,
  float,
  fullFidelity,
  InProcessBackend,
  type Job,
  randomSampler,
  type Sampler,
  type SharedStudySettings,
  simulateSharedStudy,
  type Space,
  tpeSampler,
} from "@ato/ato/hyperopt";
import { Delivery } from "../hyperopt/shared/_delivery.ts";
import { Owner } from "../hyperopt/shared/_owner.ts";

interface Config {
  readonly x: number;
  readonly y: number;
}

const SPACE: Space<Config> = defineSpace({ x: float(0, 1), y: float(0, 1) });
/** Milliseconds of one call; the words of the command line replace them. */
const COSTS: EngineCosts & { readonly decide: number } = {
  latency: 0.5,
  append: 0.1,
  read: 0.1,
  publish: 0.2,
  take: 0.2,
  ack: 0.1,
  decide: 0.2,
};

function settings(
  trials: number,
  sampler: (space: Space<Config>) => Sampler = (space) => randomSampler(space),
): () => SharedStudySettings<Config> {
  return () => ({
    space: SPACE,
    sampler: sampler(SPACE),
    scheduler: fullFidelity({ trials }),
    metric: "loss",
    mode: "min",
  });
}

const lossOf = ({ config }: Job<Config>) => ({ loss: config.x * config.y });

/** Measures the milliseconds of the owner for one job, with an engine in memory. */
async function ownerCost(
  trials: number,
  sampler: (space: Space<Config>) => Sampler,
): Promise<number> {
  const shared = new InProcessBackend({ lease: 1e9 });
  const worker = shared.connect();
  const { timeout: _, ...study } = settings(trials, sampler)();
  const owner = await Owner.open<Config>({
    backend: shared.connect(),
    study,
    now: Date.now,
  });
  const taker = { backend: worker, member: "bench", now: Date.now };
  for (let spent = 0;;) {
    const begun = performance.now();
    const state = await owner!.step(100, 0);
    spent += performance.now() - begun;
    if (state !== "open") return spent / trials;
    for (;;) {
      const leased = await worker.take({ wait: 0 });
      if (leased === undefined) break;
      const delivery = await Delivery.take<Config>(taker, leased);
      await delivery!.complete({ metrics: lossOf(delivery!.job) });
    }
  }
}

const given = process.argv.slice(2).map((word) => {
  const [name = "", value = ""] = word.split("=");
  if (!(name in COSTS) || !(Number(value) >= 0)) {
    throw new Error(
      `Cannot use ${word}: give ${Object.keys(COSTS).join("=, ")}=`,
    );
  }
  return [name, Number(value)];
});
const { decide, ...engine } = { ...COSTS, ...Object.fromEntries(given) };

console.log("The owner, per job, with an engine in memory:");
for (
  const [name, sampler] of [
    ["randomSampler", randomSampler],
    ["tpeSampler", tpeSampler],
  ] as const
) {
  const cost = await ownerCost(1_000, (space) => sampler(space));
  console.log(`  ${name.padEnd(14)} ${cost.toFixed(2)} ms`);
}
console.log(`\nSimulated with ${JSON.stringify({ ...engine, decide })}:`);
console.log(
  "| workers | a job takes | jobs a second | workers busy | owner | engine |",
);
console.log(
  "| ------: | ----------: | ------------: | -----------: | ----: | -----: |",
);
const percent = (share: number) => `${Math.round(100 * share)}%`;
for (const workers of [10, 100, 1_000]) {
  for (const seconds of [0.01, 0.1, 1, 10]) {
    const { rate, busy, owner, engine: used } = await simulateSharedStudy(
      settings(10 * workers),
      {
        workers,
        engine,
        decide,
        objective: lossOf,
        cost: () => 1_000 * seconds,
      },
    );
    console.log(
      `| ${
        [
          workers,
          `${seconds} s`,
          Math.round(rate),
          percent(busy),
          percent(owner),
          percent(used),
        ].join(" | ")
      } |`,
    );
  }
}

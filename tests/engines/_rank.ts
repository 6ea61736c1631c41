/**
 * A process that takes part in a search: `_rank.ts URL SEARCH RANK WORLD [HOW]`. It prints a line for each trial, and
 * its result as JSON. `HOW` is `die`, `freeze`, `wait` for a word before its first trial, or an hour's shift of its
 * clock, e.g. `+1`.
 */
import process from "node:process";
import type { ADict } from "../../adict/mod.ts";
import { DistributedHyperBand, int } from "../../hyperopt/mod.ts";
import { Scope } from "../../scope/mod.ts";
import { connect } from "./_connect.ts";
import { metricOf, SETTINGS, SPACE_SIZE } from "./_story.ts";

const [, , url, searchId, rank, world, how = ""] = process.argv;
const hours = Number(how);
if (how !== "" && !Number.isNaN(hours)) {
  const real = Date.now;
  Date.now = () => real() + hours * 3_600_000;
}
const backend = await connect(url!, { searchId: searchId!, lease: 800 });
const search = new DistributedHyperBand(
  new Scope({ argv: [] }),
  { x: int(1, SPACE_SIZE, { grid: SPACE_SIZE }) },
  { ...SETTINGS, rank: Number(rank), worldSize: Number(world), backend },
);
let trials = 0;

async function aWord(): Promise<void> {
  await new Promise((resolve) => process.stdin.once("data", resolve));
  process.stdin.destroy();
}

const { config, metric, logs } = await search.main(async (config) => {
  console.log(`trial ${config.__num_halved__}.${config.x}`);
  if (++trials === 1 && how === "wait") await aWord();
  if (trials === 2 && how === "die") process.kill(process.pid, "SIGKILL");
  if (trials === 2 && how === "freeze") process.kill(process.pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 30));
  return metricOf(config.x, config.__num_halved__);
})();
const data = (config: unknown) => (config as ADict).x;
console.log(
  JSON.stringify({
    x: config.x,
    metric,
    rungs: logs.map((rung) => rung.map(data)),
  }),
);
await backend.close();

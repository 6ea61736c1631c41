/** A search that kills its own process with `kill -9` in its n-th trial: `dbPath id n`. */
import process from "node:process";
import { HyperBand, int, trialLogger } from "../../hyperopt/mod.ts";
import { Scope } from "../../scope/mod.ts";

const [dbPath, id, last] = process.argv.slice(2);
const scope = new Scope({ argv: [] });
const search = new HyperBand(scope, { x: int(1, 8, { grid: 8 }) }, {
  halvingRate: 0.5,
  numMinSamples: 1,
  id: id!,
  tracker: { experiment: { projectName: "demo", sql: { dbPath: dbPath! } } },
});
let left = Number(last);
const { config, metric } = await search.main((config) => {
  trialLogger(config)!.logMetric("loss", 1);
  if (left-- === 0) {
    console.log(`killed in ${config.x} ${config.__num_halved__}`);
    process.kill(process.pid, "SIGKILL");
  }
  console.log(`ran ${config.x} ${config.__num_halved__}`);
  if (config.x === 3) throw new Error("three");
  return config.x;
})();
console.log(`best ${config.x} ${metric}`);

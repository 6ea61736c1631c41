/**
 * Searches the learning rate, hidden width and activation of a small network on Fisher's iris data, by
 * successive halving: every combination trains for a few epochs, and the best third trains for longer.
 *
 * ```sh
 * deno run -A examples/search_iris.ts                  # a new search
 * deno run -A examples/search_iris.ts search=first     # a search that can be killed and resumed
 * deno run -A examples/search_iris.ts search=team workers=redis://host:6379   # on each machine, in any order
 * deno run -A examples/search_iris.ts lr=0.1 width=8 activation=tanh __num_halved__=3   # one trial
 * ```
 */
import process from "node:process";
import { Scope } from "@ato/ato/scope";
import {
  category,
  connectSearch,
  DistributedHyperBand,
  float,
  HyperBand,
  int,
  Progress,
  trialLogger,
} from "@ato/ato/hyperopt";
import { loadIris } from "./iris/data.ts";
import { type ActivationName, Perceptron } from "./iris/perceptron.ts";
import { createRandom, shuffle } from "./iris/random.ts";

/** The options of the script. */
interface SearchConfig {
  search: string;
  seed: number;
  maxEpochs: number;
  lr: number;
  width: number;
  activation: ActivationName;
  experiment: { projectName: string; sql: { dbPath: string } };
}

// The address of the engine is no part of a trial: it can have a password. `ato worker` gives it by ATO_WORKERS.
const ENGINE = "workers=";
const argv = process.argv.slice(2);
const engine =
  argv.find((word) => word.startsWith(ENGINE))?.slice(ENGINE.length) ??
    process.env.ATO_WORKERS;
const words = argv.filter((word) => !word.startsWith(ENGINE));
const scope = new Scope<SearchConfig>(
  words.length === argv.length ? {} : { argv: words },
);

scope.observe({ default: true })(function defaults(config) {
  config.search = process.env.ATO_SEARCH ?? crypto.randomUUID();
  config.seed = 7;
  config.maxEpochs = 108;
  config.lr = 0.02;
  config.width = 8;
  config.activation = "relu";
  config.experiment = {
    projectName: "iris-search",
    sql: { dbPath: "sqlite:///iris_search.db" },
  };
});

const base = scope.apply();
const space = {
  lr: float(1e-3, 1, { log: true, grid: 7 }),
  width: int(2, 32, { log: true, grid: 5 }),
  activation: category(["relu", "tanh", "sigmoid"]),
};
const options = {
  halvingRate: 1 / 3,
  numMinSamples: 3,
  mode: "min",
  tracker: base,
} as const;
const backend = engine
  ? await connectSearch(engine, { searchId: base.search })
  : undefined;
// On an engine, every process runs trials and gets the result, so none of them has to be the first.
const hyperband = backend === undefined
  ? new HyperBand(scope, space, { ...options, id: base.search })
  : new DistributedHyperBand(scope, space, {
    ...options,
    rank: 0,
    worldSize: 1,
    backend,
  });
const epochs = hyperband.computeOptimizedInitialTrainingSteps(base.maxEpochs);

/** Trains one network; returns its least mean loss over the flowers of the test set. */
function train(config: SearchConfig & { __num_halved__: number }): number {
  const random = createRandom(config.seed);
  const data = loadIris(random, 0.3);
  const network = new Perceptron(config.width, config.activation, random);
  const logger = trialLogger(config);
  const last = epochs[config.__num_halved__]!;
  let least = Infinity;
  for (let epoch = 1; epoch <= last; epoch++) {
    for (const sample of shuffle(data.train, random)) {
      network.learn(sample, config.lr);
    }
    const [loss, accuracy] = judge(network, data.test);
    logger?.logMetrics({ loss, accuracy }, epoch);
    least = Math.min(least, loss);
  }
  return least;
}

function judge(
  network: Perceptron,
  flowers: ReturnType<typeof loadIris>["test"],
): [loss: number, accuracy: number] {
  let [loss, right] = [0, 0];
  for (const { features, label } of flowers) {
    const output = network.classify(features);
    loss -= Math.log(Math.max(output[label]!, 1e-12)) / flowers.length;
    if (output[label] === Math.max(...output)) right++;
  }
  return [loss, right / flowers.length];
}

const isOneTrial = base.has("__num_halved__");
const progress = new Progress({
  total: isOneTrial ? 1 : hyperband.numTrials(),
});
let best = Infinity;
const search = hyperband.main((config) => {
  const loss = train(config);
  best = Math.min(best, loss);
  progress.advance(`best loss ${best.toFixed(4)}`);
  return loss;
});

const { metric, words: bestWords, failures } = await search();
progress.finish();
await backend?.close();
console.log(`search  ${base.search}`);
console.log(`best    loss ${metric.toFixed(4)}: ${bestWords.join(" ")}`);
if (failures.length > 0) console.log(`failed  ${failures.length} trials`);
const script = "examples/search_iris.ts";
console.log(`again   deno run -A ${script} ${bestWords.join(" ")}`);

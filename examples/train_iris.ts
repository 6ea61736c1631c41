/**
 * Trains a small network on Fisher's iris data, as a tracked run.
 *
 * ```sh
 * deno run -A examples/train_iris.ts                       # the defaults
 * deno run -A examples/train_iris.ts lr=0.05 model.hidden=[16,8] name=%first try% wide
 * deno run -A examples/train_iris.ts manual                # what set each key
 * deno run -A examples/train_iris.ts print lr=0.05         # only the config
 * ```
 */
import { Scope, SQLFinder, SQLLogger } from "@ato/ato";
import { relu, softmax } from "./iris/activations.ts";
import { loadIris, type Sample } from "./iris/data.ts";
import { createNetwork, forward, type Layer, learn } from "./iris/network.ts";
import { createRandom, shuffle } from "./iris/random.ts";

/** The config of the script. */
interface IrisConfig {
  name: string;
  seed: number;
  lr: number;
  epochs: number;
  testShare: number;
  model: { hidden: number[]; layers: number[] };
  experiment: { projectName: string; sql: { dbPath: string } };
}

const scope = new Scope<IrisConfig>();

scope.observe({ default: true })(function defaults(config) {
  config.name = "iris";
  config.seed = 7;
  config.lr = 0.02;
  config.epochs = 200;
  config.testShare = 0.3;
  config.model = { hidden: [8], layers: [] };
  config.experiment = {
    projectName: "iris",
    sql: { dbPath: "sqlite:///iris.db" },
  };
});

scope.observe()(function wide(config) {
  config.model.hidden = [32];
});

scope.observe({ priority: 1, chainWith: "wide" })(function wideAndSlow(config) {
  config.lr = 0.005;
  config.epochs = 400;
});

// Lazy: it runs after the command line, so it sees the final widths.
scope.observe({ default: true, lazy: true })(function shape(config) {
  config.model.layers = [4, ...config.model.hidden, 3];
});

scope.manual((docs) => {
  docs.lr = "Learning rate of stochastic gradient descent";
  docs.epochs = "How often each training sample is used";
  docs["model.hidden"] = "Widths of the hidden layers";
  docs.testShare = "Share of the 150 flowers that is kept for the test";
});

const trainStep = scope.trace({
  id: "trainStep",
  uses: [learn, relu, softmax],
})(
  function trainStep(
    network: readonly Layer[],
    samples: readonly Sample[],
    lr: number,
  ): number {
    let loss = 0;
    for (const sample of samples) loss += learn(network, sample, lr);
    return loss / samples.length;
  },
);

const evaluate = scope.runtimeTrace({ id: "evaluate", bits: 24 })(
  function evaluate(
    network: readonly Layer[],
    samples: readonly Sample[],
  ): Float64Array[] {
    return samples.map((sample) => forward(network, sample.features).at(-1)!);
  },
);

/** The share of samples whose most probable species is the right one. */
function accuracy(
  outputs: readonly Float64Array[],
  samples: readonly Sample[],
): number {
  const right = samples.filter((sample, i) => {
    const output = outputs[i]!;
    return output.indexOf(Math.max(...output)) === sample.label;
  });
  return right.length / samples.length;
}

/** Prints what the file records about this run and the other runs of its project. */
async function report(config: IrisConfig, runId: number): Promise<void> {
  const { projectName } = config.experiment;
  const finder = new SQLFinder(config);
  const best = await finder.findBestRun({
    projectName,
    metric: "accuracy",
    mode: "max",
  });
  const accuracy = await best?.metrics.summary("accuracy");
  const similar = await finder.findSimilarRuns(runId);
  const statistics = await finder.getTraceStatistics(projectName, "trainStep");
  const outputs = await finder.getTraceStatistics(projectName, "evaluate");
  await finder.close();
  console.log(
    `run ${runId} (${config.name}) is in ${config.experiment.sql.dbPath}`,
  );
  console.log(
    `best run          ${best?.id}, accuracy ${accuracy?.max?.toFixed(3)}`,
  );
  console.log(
    `similar runs      ${
      similar.map((run) => run.id).join(", ") || "none yet"
    }`,
  );
  console.log(
    `trainStep         ${statistics.staticTraceVersions} version(s) of the code`,
  );
  console.log(
    `evaluate          ${outputs.runtimeTraceVersions} version(s) of the outputs`,
  );
}

const train = scope.main(async (config) => {
  const random = createRandom(config.seed);
  const data = loadIris(random, config.testShare);
  const network = createNetwork(config.model.layers, random);

  const logger = new SQLLogger(config);
  const runId = await logger.run({
    name: config.name,
    tags: ["example"],
    seed: config.seed,
  });
  await logger.track(() => {
    for (let epoch = 0; epoch < config.epochs; epoch++) {
      const loss = trainStep(network, shuffle(data.train, random), config.lr);
      logger.logMetric("loss", loss, epoch);
      if (epoch % 20 === 19) {
        const outputs = evaluate(network, data.test);
        logger.logMetric("accuracy", accuracy(outputs, data.test), epoch);
      }
    }
  });
  await report(config, runId);
});

if (import.meta.main) await train();

/**
 * Searches the learning rate and the hidden layers of `train_iris.ts` in two threads, as a study: half of the
 * networks train for a few epochs only. Each trial is one run. The search can be ended by Ctrl-C or killed, and
 * continues when it is started again.
 *
 * ```sh
 * deno run -A examples/search_threads.ts                   # search, or continue the search
 * ato search resume iris --db iris.db                      # the same, from any folder
 * ato search list --db iris.db
 * ato search show iris --db iris.db                        # settings, trials and rungs
 * ato search plot iris --db iris.db --svg search.svg
 * ato search importance iris --db iris.db                  # which parameters matter
 * deno run -A examples/train_iris.ts $(ato search words iris --db iris.db)   # train with the best config
 * ```
 */
import { isMainThread } from "node:worker_threads";
import {
  asha,
  defineSpace,
  float,
  type Job,
  openStudy,
  ordinal,
  randomSampler,
  runStudy,
  sqliteJournal,
  type TrialContext,
} from "@ato/ato/hyperopt";
import { loadIris } from "./iris/data.ts";
import { createNetwork, forward, learn } from "./iris/network.ts";
import { createRandom, shuffle } from "./iris/random.ts";

const EXPERIMENT = { projectName: "iris", sql: { dbPath: "iris.db" } };
const WIDTHS = [[4], [8], [16], [8, 8], [16, 8]];

/** The config of a trial: keys of `train_iris.ts`. */
interface IrisTrial {
  readonly lr: number;
  readonly model: { readonly hidden: readonly number[] };
}

/** Trains one network; threads import it from this file. */
export async function objective(
  { trial: number, config, seed, to }: Job<IrisTrial>,
  trial: TrialContext,
): Promise<number> {
  const random = createRandom(seed);
  const data = loadIris(random, 0.3);
  const network = createNetwork([4, ...config.model.hidden, 3], random);
  let [epoch, loss] = [0, Infinity];
  try {
    while (epoch < to) {
      for (const sample of shuffle(data.train, random)) {
        learn(network, sample, config.lr);
      }
      epoch++;
      let right = 0;
      loss = 0;
      for (const { features, label } of data.test) {
        const output = forward(network, features).at(-1)!;
        loss -= Math.log(Math.max(output[label]!, 1e-12)) / data.test.length;
        if (output[label] === Math.max(...output)) right++;
      }
      trial.logger?.logMetric("accuracy", right / data.test.length, epoch);
      if (await trial.report({ loss }, epoch) === "stop") break;
    }
    return loss;
  } finally {
    // Ctrl-C leaves time for this, as it would for deleting temporary files.
    const found = `loss ${loss.toFixed(4)}`;
    console.log(`trial ${number}: ${epoch} of ${to} epochs, ${found}`);
  }
}

if (isMainThread) {
  const space = defineSpace({
    lr: float(1e-3, 0.3, { log: true }),
    model: { hidden: ordinal(WIDTHS) },
  });
  const study = openStudy<IrisTrial>({
    id: "iris",
    space,
    sampler: randomSampler(space),
    scheduler: asha({ minFidelity: 3, maxFidelity: 27, trials: 27 }),
    metric: "loss",
    mode: "min",
    seed: 7,
    journal: await sqliteJournal({
      dbPath: EXPERIMENT.sql.dbPath,
      studyId: "iris",
    }),
  });
  await runStudy(study, import.meta.url, {
    workers: 2,
    tracker: { experiment: EXPERIMENT },
  });
  const best = study.best();
  study.close();
  if (best === undefined) {
    throw new Error(
      "Cannot name the best trial: all failed; `ato search show iris --db iris.db` has their errors",
    );
  }
  const { trial, metrics, words } = best;
  console.log(`best    trial ${trial.trial}, loss ${metrics.loss!.toFixed(4)}`);
  console.log("look    ato search show iris --db iris.db");
  // Quoted for pasting: a shell would split `model.hidden=[8, 8]`.
  const quoted = words.map((word) => `'${word}'`).join(" ");
  console.log(`train   start train_iris.ts with ${quoted}`);
}

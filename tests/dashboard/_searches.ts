/** Files with searches, for the tests of the page of searches. */
import {
  ashaStopping,
  category,
  conditional,
  defineSpace,
  float,
  fullFidelity,
  int,
  openStudy,
  randomSampler,
  sqliteJournal,
} from "../../hyperopt/mod.ts";
import { SQLFinder } from "../../tracker/mod.ts";
import { makeRun } from "./_lib.ts";

const SPACE = defineSpace({
  lr: float(1e-4, 1, { log: true }),
  width: int(8, 64),
  optimizer: conditional("name", { sgd: { momentum: float(0, 1) }, adam: {} }),
});

/** A search that goes on as the test says. */
export interface LiveSearch {
  /** Runs a trial, and returns its number. */
  next(): number;
  /** Starts a trial that does not end. */
  start(): void;
  close(): void;
}

/**
 * Opens a search `halving` of the loss. Trial 3 fails, many are stopped early, and `runs` gives each trial a run.
 */
export async function openSearch(
  dbPath: string,
  { id = "halving", trials = 60, runs = new Map<number, string>() }: {
    readonly id?: string;
    readonly trials?: number;
    /** Names of runs by trial. */
    readonly runs?: ReadonlyMap<number, string>;
  } = {},
): Promise<LiveSearch> {
  const study = openStudy({
    id,
    space: SPACE,
    sampler: randomSampler(SPACE),
    scheduler: ashaStopping({ minFidelity: 1, maxFidelity: 9, trials }),
    metric: "loss",
    mode: "min",
    seed: 5,
    retries: 0,
    journal: await sqliteJournal({ dbPath, studyId: id }),
  });
  const ask = () => {
    const answer = study.ask();
    if (answer.kind !== "job") throw new Error(`no job: ${answer.kind}`);
    return answer.job;
  };
  return {
    next() {
      const job = ask();
      const { config, trial } = job;
      const run = runs.get(trial);
      if (run !== undefined) study.link(trial, run);
      if (trial === 3) {
        study.tell(job, { error: new RangeError("out of memory") });
        return trial;
      }
      const loss = (at: number) =>
        (Math.log10(config.lr) + 2) ** 2 + config.width / 100 + 1 / at;
      const end = [1, 3].find((at) =>
        study.report(job, { loss: loss(at) }, at) === "stop"
      );
      study.tell(job, { metrics: { loss: loss(end ?? 9) } });
      return trial;
    },
    start: () => void ask(),
    close: () => study.close(),
  };
}

/** Writes a file with the search `halving`, whose first ten trials have runs, and `two`, of two objectives. */
export async function makeSearches(dbPath: string): Promise<void> {
  const runs = new Map<number, string>();
  const finder = new SQLFinder(dbPath);
  for (let trial = 0; trial < 10; trial++) {
    const id = await makeRun(dbPath, { metrics: { loss: [1, 0.5] } });
    const run = await finder.findRun(id);
    runs.set(trial, run?.uuid ?? "");
  }
  await finder.close();
  const halving = await openSearch(dbPath, { runs });
  for (let trial = 0; trial < 60; trial++) halving.next();
  halving.close();
  await makeTwo(dbPath);
}

const TWO = defineSpace({
  layers: int(1, 8),
  width: int(8, 64),
  activation: category(["relu", "tanh"]),
});

async function makeTwo(dbPath: string): Promise<void> {
  const study = openStudy({
    id: "two",
    space: TWO,
    sampler: randomSampler(TWO),
    scheduler: fullFidelity({ trials: 40 }),
    objectives: { accuracy: "max", latency: "min" },
    constraints: { memory: { max: 300 } },
    seed: 1,
    retries: 0,
    journal: await sqliteJournal({ dbPath, studyId: "two" }),
  });
  for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
    const { layers, width, activation } = answer.job.config;
    const memory = layers * width;
    const bonus = activation === "relu" ? 0.01 : 0;
    study.tell(answer.job, {
      metrics: {
        accuracy: 1 - 32 / (32 + memory) + bonus,
        latency: layers + width / 64,
        memory,
      },
    });
  }
  study.close();
}

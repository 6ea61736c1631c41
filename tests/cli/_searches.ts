/** A search for the tests of `ato search`: the same trials each time, at times of a clock that counts. */
import {
  asha,
  category,
  conditional,
  defineSpace,
  float,
  fullFidelity,
  int,
  type Job,
  openStudy,
  ordinal,
  randomSampler,
  type Space,
  sqliteJournal,
  type StudyOptions,
} from "@ato/ato/hyperopt";

/** The config of its trials. */
export interface SearchConfig {
  readonly lr: number;
  readonly model: { readonly width: number };
  readonly optimizer:
    | { readonly name: "sgd"; readonly momentum: number }
    | { readonly name: "adam" };
  readonly activation: "relu" | "tanh" | "soft plus";
  readonly widths: readonly number[];
}

const SPACE: Space<SearchConfig> = defineSpace({
  // Logarithms of floats have another last digit in another version of V8.
  lr: float(0, 1),
  model: { width: int(1, 64, { log: true }) },
  optimizer: conditional("name", { sgd: { momentum: float(0, 1) }, adam: {} }),
  activation: category(["relu", "tanh", "soft plus"]),
  widths: ordinal([[8], [8, 16]]),
});

/** Runs a search of nine trials, of which one fails; `until` ends it after so many jobs, without closing it. */
export async function makeSearch(
  dbPath: string,
  options: {
    readonly id?: string;
    readonly until?: number;
    readonly error?: string;
  } & Partial<StudyOptions<SearchConfig>> = {},
): Promise<void> {
  const { id = "widths", until = Infinity, error = "bad", ...more } = options;
  let time = 1_700_000_000_000;
  const study = openStudy<SearchConfig>({
    id,
    space: SPACE,
    sampler: randomSampler(SPACE),
    scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 9 }),
    metric: "loss",
    mode: "min",
    seed: 5,
    retries: 0,
    budget: { trials: 20, fidelity: 100 },
    clock: () => time += 10,
    journal: await sqliteJournal({ dbPath, studyId: id }),
    ...more,
  });
  for (let jobs = 0; jobs < until; jobs++) {
    const answer = study.ask();
    if (answer.kind !== "job") break;
    const { job } = answer;
    const outcome = job.trial === 2
      ? { error: new RangeError(error) }
      : { metrics: { loss: lossOf(job) } };
    study.tell(job, outcome);
  }
  study.close();
}

function lossOf({ config, to }: Job<SearchConfig>): number {
  const { lr, model } = config;
  return Math.abs(lr - 0.25) + 1 / to + model.width / 100;
}

const TWO = defineSpace({ layers: int(1, 8), width: int(8, 64) });

/** Runs a search of two objectives and a constraint, which is called `two`. */
export async function makeTwo(
  dbPath: string,
  options: Partial<StudyOptions<{ layers: number; width: number }>> = {},
): Promise<void> {
  const study = openStudy({
    id: "two",
    space: TWO,
    sampler: randomSampler(TWO),
    scheduler: fullFidelity({ trials: 24 }),
    objectives: { accuracy: "max", latency: "min" },
    constraints: { memory: { max: 300 }, accuracy: { min: 0.5 } },
    seed: 1,
    retries: 0,
    clock: () => 1_700_000_000_000,
    journal: await sqliteJournal({ dbPath, studyId: options.id ?? "two" }),
    ...options,
  });
  for (;;) {
    const answer = study.ask();
    if (answer.kind !== "job") break;
    const { trial, config: { layers, width } } = answer.job;
    const memory = layers * width;
    const metrics = {
      accuracy: 1 - 32 / (32 + memory),
      latency: layers + width / 64,
      memory,
    };
    const error = new RangeError("no memory");
    study.tell(answer.job, trial === 2 ? { error } : { metrics });
  }
  study.close();
}

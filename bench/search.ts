/** The cost of a search besides its trials: one ask and tell, and opening an existing study. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  asha,
  defineSpace,
  float,
  fullFidelity,
  type Journal,
  memoryJournal,
  openStudy,
  randomSampler,
  type Scheduler,
  sqliteJournal,
  type Study,
  tpeSampler,
} from "@ato/ato/hyperopt";
import { type Row, timeRow } from "./_report.ts";

const SPACE = defineSpace({
  lr: float(1e-5, 1, { log: true }),
  dropout: float(0, 1),
  decay: float(1e-6, 1e-2, { log: true }),
});
type Config = { lr: number; dropout: number; decay: number };

interface Setting {
  readonly what: string;
  readonly trials: number;
  /** The milliseconds of one ask and tell. */
  readonly budget: number;
  readonly scheduler: () => Scheduler;
  readonly sampler: "random" | "tpe";
  readonly journal: "memory" | "sqlite";
}

const full = (trials: number) => () => fullFidelity({ trials });
const SETTINGS: readonly Setting[] = [
  ...[100, 1_000, 10_000].map((trials): Setting => ({
    what: `random, ${trials.toLocaleString("en")} trials`,
    trials,
    budget: 0.05,
    scheduler: full(trials),
    sampler: "random",
    journal: "memory",
  })),
  {
    what: "ASHA, 10,000 trials",
    trials: 10_000,
    budget: 0.05,
    scheduler: () => asha({ minFidelity: 1, maxFidelity: 81, trials: 10_000 }),
    sampler: "random",
    journal: "memory",
  },
  {
    what: "random, durable, 10,000 trials",
    trials: 10_000,
    budget: 0.3,
    scheduler: full(10_000),
    sampler: "random",
    journal: "sqlite",
  },
  {
    what: "TPE, 1,000 trials",
    trials: 1_000,
    budget: 1,
    scheduler: full(1_000),
    sampler: "tpe",
    journal: "memory",
  },
];

function open(setting: Setting, journal: Journal): Study<Config> {
  return openStudy<Config>({
    id: "bench",
    space: SPACE,
    sampler: setting.sampler === "tpe"
      ? tpeSampler(SPACE)
      : randomSampler(SPACE),
    scheduler: setting.scheduler(),
    metric: "loss",
    mode: "min",
    journal,
  });
}

/** Returns the milliseconds of the last tenth of all asks and tells. */
function lastTenth(study: Study<Config>, trials: number): number {
  let [begun, jobs] = [0, 0];
  for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
    if (study.trialCount === Math.ceil(0.9 * trials) && begun === 0) {
      begun = performance.now();
    }
    if (begun > 0) jobs++;
    const { lr, dropout } = answer.job.config;
    const loss = Math.abs(Math.log10(lr) + 3) + dropout;
    study.tell(answer.job, { metrics: { loss } });
  }
  return (performance.now() - begun) / jobs;
}

/** Measures asks and tells, and opening an existing study of 10,000 trials. */
export async function benchSearch(folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  const path = join(folder, "search.db");
  for (const setting of SETTINGS) {
    const isDurable = setting.journal === "sqlite";
    const journal = isDurable
      ? await sqliteJournal({ dbPath: path, studyId: "bench" })
      : memoryJournal();
    const study = open(setting, journal);
    const ms = lastTenth(study, setting.trials);
    study.close();
    rows.push(timeRow(`ask and tell, ${setting.what}`, ms, setting.budget));
    if (!isDurable) continue;
    const again = await sqliteJournal({ dbPath: path, studyId: "bench" });
    const begun = performance.now();
    const reopened = open(setting, again);
    rows.push(
      timeRow("opening 10,000 trials again", performance.now() - begun, 100),
    );
    reopened.close();
    rmSync(path);
  }
  return rows;
}

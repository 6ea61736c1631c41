/** Studies for the tests, and the outcomes of their trials. */
import { join } from "node:path";
import {
  type Answer,
  defineSpace,
  float,
  fullFidelity,
  type Job,
  type Journal,
  memoryJournal,
  openStudy,
  randomSampler,
  type Scheduler,
  type Space,
  sqliteJournal,
  type Study,
  type StudyOptions,
} from "@ato/ato/hyperopt";

/** The config of most tests. */
export interface XConfig {
  readonly x: number;
}

/** A space of one number. */
export const SPACE: Space<XConfig> = defineSpace({ x: float(0, 1) });

/** Opens a study of `x`, with the options of the test. */
export function studyOf(
  options: Partial<StudyOptions<XConfig>> & { scheduler?: Scheduler } = {},
): Study<XConfig> {
  return openStudy<XConfig>({
    id: "test",
    space: SPACE,
    sampler: randomSampler(SPACE),
    scheduler: fullFidelity({ trials: 10 }),
    metric: "loss",
    mode: "min",
    ...options,
  });
}

/** Returns the job of an answer, which must have one. */
export function jobOf<C>(answer: Answer<C>): Job<C> {
  if (answer.kind === "job") return answer.job;
  throw new Error(`Expected a job, and was told to be ${answer.kind}`);
}

/** Runs a study to its end, one job after the other; returns the jobs. */
export function runAll<C>(
  study: Study<C>,
  lossOf: (job: Job<C>) => number,
): Job<C>[] {
  const jobs: Job<C>[] = [];
  for (;;) {
    const answer = study.ask();
    if (answer.kind !== "job") return jobs;
    jobs.push(answer.job);
    study.tell(answer.job, { metrics: { loss: lossOf(answer.job) } });
  }
}

/** The kinds of journals, each made for a folder. */
export const JOURNALS: Readonly<
  Record<string, (folder: string) => Promise<Journal>>
> = {
  memory: () => Promise.resolve(memoryJournal({ studyId: "test" })),
  sqlite: (folder) =>
    sqliteJournal({ dbPath: join(folder, "runs.db"), studyId: "test" }),
};

/** Returns the outcomes of trials, without the fields that differ between sessions. */
export function outcomeOf<C>(study: Pick<Study<C>, "trials">): unknown[] {
  return study.trials().map(({ trial, config, status, results, seed }) => ({
    trial,
    config,
    status,
    results,
    seed,
  }));
}

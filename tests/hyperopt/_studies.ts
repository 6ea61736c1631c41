/** Studies for the tests, and what their trials came to. */
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

/** The searched key of most tests. */
export interface XConfig {
  readonly x: number;
}

/** A space of one number. */
export const SPACE: Space<XConfig> = defineSpace({ x: float(0, 1) });

/** Opens a study of `x`, with what the test wants otherwise. */
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

/** The job of an answer that must have one. */
export function jobOf<C>(answer: Answer<C>): Job<C> {
  if (answer.kind === "job") return answer.job;
  throw new Error(`Expected a job, and was told to be ${answer.kind}`);
}

/** Runs a study to its end, one job after the other; gives the jobs. */
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

/** The journals, each made anew for a folder. */
export const JOURNALS: Readonly<
  Record<string, (folder: string) => Promise<Journal>>
> = {
  memory: () => Promise.resolve(memoryJournal({ studyId: "test" })),
  sqlite: (folder) =>
    sqliteJournal({ dbPath: join(folder, "runs.db"), studyId: "test" }),
};

/** What trials came to, without what differs between sessions. */
export function outcomeOf<C>(study: Pick<Study<C>, "trials">): unknown[] {
  return study.trials().map(({ trial, config, status, results, seed }) => ({
    trial,
    config,
    status,
    results,
    seed,
  }));
}

/**
 * A study whose trials are tracked: ATO_TEST_WORDS has `dbPath,WORKERS,KILL,CHECKPOINTS`. With KILL, the process is killed in the middle of
 * the second rung of a trial, after that logged a loss that would be the best.
 */
import process from "node:process";
import { isMainThread } from "node:worker_threads";
import {
  defineSpace,
  float,
  int,
  type Job,
  type ObjectiveResult,
  openStudy,
  randomSampler,
  runStudy,
  sqliteJournal,
  successiveHalving,
  type TrialContext,
} from "@ato/ato/hyperopt";

interface Config {
  readonly lr: number;
  readonly model: { readonly width: number };
}

// In a thread the words of the process are not known under each runtime.
const [dbPath = "", workers = "1", kill = "", checkpoints = ""] =
  (process.env.ATO_TEST_WORDS ?? "").split(",");

export async function objective(
  { trial, rung, config, from, to }: Job<Config>,
  context: TrialContext,
): Promise<ObjectiveResult> {
  const { logger } = context;
  let loss = Infinity;
  for (let epoch = from + 1; epoch <= to; epoch++) {
    loss = config.lr + 1 / epoch;
    logger!.logMetric("accuracy", 1 - loss, epoch);
    if (await context.report({ loss }, epoch) === "stop") break;
    if (kill === "yes" && rung === 1 && epoch === to - 1) {
      logger!.logMetric("loss", -100, epoch);
      process.kill(process.pid, "SIGKILL");
      for (;;);
    }
  }
  if (trial === 2) {
    logger!.logMetric("loss", -50);
    throw new RangeError("two");
  }
  const result = { metrics: { loss } };
  return checkpoints === "yes"
    ? { ...result, checkpoint: { uri: `${trial}@${to}`, sha256: "ab" } }
    : result;
}

if (isMainThread) {
  const space = defineSpace({
    lr: float(1e-4, 1, { log: true }),
    model: { width: int(1, 64) },
  });
  const study = openStudy<Config>({
    id: "tracked",
    space,
    sampler: randomSampler(space),
    scheduler: successiveHalving({ trials: 6, minFidelity: 1, maxFidelity: 9 }),
    metric: "loss",
    mode: "min",
    retries: 0,
    journal: await sqliteJournal({ dbPath, studyId: "tracked" }),
  });
  await runStudy(study, workers === "1" ? objective : import.meta.url, {
    workers: Number(workers),
    tracker: { experiment: { projectName: "demo", sql: { dbPath } } },
  });
  study.close();
}

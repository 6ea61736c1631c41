/** Makes the workers of a study: in this thread, or each in a thread of its own. */
import type { SQLLogger, TrackerConfig } from "../../tracker/mod.ts";
import { entryScript } from "../../internal/entry_script.ts";
import { processWords } from "../../internal/process_words.ts";
import { LocalWorker } from "./_local_worker.ts";
import type { ThreadData } from "./_messages.ts";
import type { StudyObjective } from "./objective.ts";
import type { StudyTracking, TrackedStudy } from "./_study_tracking.ts";
import type { ThreadTimes } from "./_thread_worker.ts";
import { type StudyWorker, WorkerStartError } from "./worker.ts";

/** The least number of milliseconds that a thread has for loading its module, on a busy machine. */
const MIN_PATIENCE = 60_000;

/** Options for {@linkcode workerMaker}. */
export interface WorkerOptions {
  /** The name of the export of a module that is the objective. */
  readonly name: string;
  readonly metric: string;
  /** The milliseconds that an objective has to end when its job is given up. */
  readonly grace: number;
  /** The milliseconds after which a job is given up. */
  readonly timeout: number;
}

/** Returns a function that makes a worker for an objective. */
export async function workerMaker<C>(
  objective: StudyObjective<C> | string | URL,
  { name, metric, grace, timeout }: WorkerOptions,
  tracking: StudyTracking<C> | undefined,
): Promise<() => StudyWorker<C>> {
  if (typeof objective === "function") {
    return localMaker(objective, metric, grace, tracking);
  }
  return await threadMaker<C>({
    module: String(objective),
    name,
    entry: entryScript(),
    words: wordsOfProcess(),
    metric,
    ...(tracking !== undefined && { track: tracking.order }),
  }, { patience: Math.max(timeout, MIN_PATIENCE), grace });
}

/** The tracker, which loads a database, is loaded only if trials are tracked. */
export async function openTracking<C>(
  study: TrackedStudy<C>,
  tracker: TrackerConfig | SQLLogger,
): Promise<StudyTracking<C>> {
  const { StudyTracking } = await import("./_study_tracking.ts");
  return new StudyTracking(study, tracker);
}

/** The words of this process, as plain data. */
function wordsOfProcess(): ThreadData["words"] {
  const words = processWords();
  return words && { argv: [...words.argv], execArgv: [...words.execArgv] };
}

function localMaker<C>(
  objective: StudyObjective<C>,
  metric: string,
  grace: number,
  tracking: StudyTracking<C> | undefined,
): () => StudyWorker<C> {
  const work = tracking?.wrap(objective) ?? objective;
  return () => new LocalWorker(work, metric, grace);
}

/** Makes workers in threads. The module of threads is loaded only when they are used. */
async function threadMaker<C>(
  data: Omit<ThreadData, "kind">,
  times: ThreadTimes,
): Promise<() => StudyWorker<C>> {
  if (!URL.canParse(data.module)) {
    throw new WorkerStartError(
      data.module,
      "it is not a URL; give import.meta.url, or new URL(path, import.meta.url)",
    );
  }
  const { ThreadWorker } = await import("./_thread_worker.ts");
  return () => new ThreadWorker<C>(data, times);
}

/** What runs in a thread: takes jobs, one after the other, and runs the objective of a module. */
import { parentPort, workerData } from "node:worker_threads";
import type { FromThread, ThreadData, ToThread } from "./_messages.ts";
import { type StudyObjective, toResult } from "./objective.ts";
import type { Job, Verdict } from "../study/job.ts";

const { module, name, metric } = workerData as ThreadData;
const port = parentPort!;
const say = (message: FromThread) => port.postMessage(message);
const waiting: ((verdict: Verdict) => void)[] = [];
// A thread that is given up is ended as a whole.
const signal = new AbortController().signal;

// Not awaited at the top: a job that comes while the module loads must not be missed.
const loading = load();
loading.catch(() => {
  // Told with the first job.
});
port.on("message", (message: ToThread) => {
  if (message.kind === "verdict") waiting.shift()?.(message.verdict);
  else void run(message.job);
});

async function load(): Promise<StudyObjective<unknown>> {
  const exported = (await import(module) as Record<string, unknown>)[name];
  if (typeof exported === "function") return exported as never;
  throw new TypeError(
    `Cannot run trials in threads: ${module} exports no function "${name}"`,
  );
}

async function run(job: Job<unknown>): Promise<void> {
  try {
    const objective = await loading;
    const returned = await objective(job, { signal, report });
    say({ kind: "result", result: toResult(returned, metric) });
  } catch (error) {
    say({ kind: "error", error: toPlainError(error) });
  }
}

function report(
  metrics: Readonly<Record<string, number>>,
  fidelity: number,
): Promise<Verdict> {
  say({ kind: "report", metrics, fidelity });
  return new Promise((done) => waiting.push(done));
}

/** Errors of classes of its own may hold what no message can. */
function toPlainError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const plain = new Error(error.message);
  plain.name = error.name;
  if (error.stack !== undefined) plain.stack = error.stack;
  return { name: plain.name, message: plain.message, stack: plain.stack };
}

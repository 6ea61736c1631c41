/** A search whose objective prints in a thread, also right before it ends. */
import process from "node:process";
import { isMainThread } from "node:worker_threads";
import {
  defineSpace,
  float,
  fullFidelity,
  type Job,
  openStudy,
  randomSampler,
  runStudy,
} from "@ato/ato/hyperopt";

const TRIALS = [0, 1, 2];

/** What it prints, on stdout and on stderr. */
export const PRINTED: readonly string[] = TRIALS.flatMap(linesOf);

function linesOf(trial: number): string[] {
  return Array.from({ length: 20 }, (_, i) => `trial ${trial} line ${i}`);
}

/** Prints, and returns or throws at once. */
export function objective({ trial }: Job<unknown>): number {
  for (const line of linesOf(trial)) {
    console.log(line);
    console.error(line);
  }
  if (trial < 2) return 1;
  console.log("trial 2 fails");
  throw new Error("no");
}

if (isMainThread && process.argv[1]?.endsWith("_printing.ts")) {
  const space = defineSpace({ x: float(0, 1) });
  const study = openStudy({
    id: "printing",
    space,
    sampler: randomSampler(space),
    scheduler: fullFidelity({ trials: TRIALS.length }),
    metric: "loss",
    mode: "min",
    retries: 0,
  });
  await runStudy(study, import.meta.url);
  study.close();
}

/** An objective that ends its thread in one trial, after it logged the least loss. */
import process from "node:process";
import type { Job, TrialContext } from "@ato/ato/hyperopt";

export async function objective(
  { config: { x } }: Job<{ x: number }>,
  { logger, report }: TrialContext,
): Promise<number> {
  if (x !== 2) return x;
  logger!.logMetric("loss", -10);
  await report({ loss: -10 }, 1);
  process.exit(3);
}

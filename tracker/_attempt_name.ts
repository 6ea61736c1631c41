/** What identifies an attempt of a run in every file. */
import { createHash } from "node:crypto";
import { readJson } from "../internal/json.ts";

/**
 * Names an attempt: it is the same in two files if it started at the same time, in the same process, after the same
 * step.
 *
 * @param attempt Its row, with these columns.
 */
export function attemptName(attempt: {
  readonly attempt?: unknown;
  readonly start_time?: unknown;
  readonly from_step?: unknown;
  readonly environment?: unknown;
}): string {
  const { pid, host } =
    readJson<Record<string, unknown>>(attempt.environment, {}) ?? {};
  const { attempt: number, start_time, from_step } = attempt;
  const parts = [number, start_time, from_step, pid ?? null, host ?? null];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex")
    .slice(0, 16);
}

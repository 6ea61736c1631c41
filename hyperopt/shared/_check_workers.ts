import { describe } from "../_describe.ts";
import { SearchUsageError } from "../errors.ts";

/** Refuses a number of workers that is none. */
export function checkWorkers(action: string, workers: unknown): void {
  if (Number.isSafeInteger(workers) && workers as number >= 1) return;
  throw new SearchUsageError(
    "workers",
    `Cannot ${action}: workers is ${
      describe(workers)
    }; give a whole number from 1 up`,
  );
}

import type { LeasedJob } from "./backend.ts";

/** Works on a job, and keeps its lease until the work has ended. */
export async function runLeased<R>(
  job: LeasedJob,
  lease: number,
  work: () => Promise<R>,
): Promise<R> {
  const beat = async () => {
    try {
      // A lost lease stays lost; the work continues, since it may still end first.
      if (!await job.extend()) clearInterval(timer);
    } catch {
      // A failed beat is no reason to stop: the next one may succeed, and if the lease runs out, the journal
      // takes the first result.
    }
  };
  // Two beats can fail before the lease runs out.
  const timer = setInterval(beat, lease / 3);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

import type { LeasedJob } from "./backend.ts";

/** Works on a job, and keeps its lease for as long as that takes. */
export async function runLeased<R>(
  job: LeasedJob,
  lease: number,
  work: () => Promise<R>,
): Promise<R> {
  const beat = async () => {
    try {
      // What is lost stays lost; the work may end first all the same, so it goes on.
      if (!await job.extend()) clearInterval(timer);
    } catch {
      // A beat that fails is no reason to stop: the next one may come through, and where the lease
      // runs out the journal takes the first result that comes.
    }
  };
  // Two beats may be lost before the lease runs out.
  const timer = setInterval(beat, lease / 3);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

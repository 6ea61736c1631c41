import type { LeasedJob } from "./backend.ts";

/** Works on a job, and keeps its lease for as long as that takes. */
export async function runLeased<R>(
  job: LeasedJob,
  lease: number,
  work: () => Promise<R>,
): Promise<R> {
  let isHeld = true;
  const beat = async () => {
    try {
      isHeld = isHeld && await job.extend();
    } catch {
      // A beat that is lost is no reason to stop: the next one may come through, and where the lease
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

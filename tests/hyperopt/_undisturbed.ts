/** For tests whose leases must not be lost because the machine is busy. */

/**
 * Does something with a short lease; again with twice the lease if this process stood still for half of it meanwhile,
 * since leases may have been lost then.
 *
 * @param lease The milliseconds of the first lease.
 * @param work Gets the lease.
 */
export async function undisturbed<R>(
  lease: number,
  work: (lease: number) => Promise<R>,
): Promise<R> {
  for (;; lease *= 2) {
    let [last, longest] = [performance.now(), 0];
    const look = () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    };
    const timer = setInterval(look, lease / 20);
    try {
      const result = await work(lease);
      // Since the timer was last called.
      look();
      if (longest < lease / 2) return result;
    } finally {
      clearInterval(timer);
    }
  }
}

import process from "node:process";

/**
 * Sends a signal to a process that may have ended meanwhile: that it has ended is heard of only later.
 *
 * @param pid The process.
 * @param signal The signal.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    // Not `child.kill`: Deno then reports the signal instead of the exit code.
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

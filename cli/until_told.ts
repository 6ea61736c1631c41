import process from "node:process";

/** The signals that end a program politely. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Runs work that ends by itself when the user asks for it, by Ctrl-C or SIGTERM. A second signal ends the process.
 *
 * @param work Gets the signal.
 * @returns what `work` returns.
 */
export async function untilTold<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
    for (const signal of SIGNALS) process.off(signal, stop);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

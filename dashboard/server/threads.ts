/** Where threads start from, and how much memory they may take. */

/** There is no thread in this form of the program, e.g. in one that is bundled into a script. */
export class NoThreadError extends Error {
  override readonly name = "NoThreadError";
}

/**
 * How much memory a thread may take, in megabytes. V8 takes these limits when a thread starts, and none for the main
 * thread.
 *
 * - Without the first, it takes 64 MB and more for new objects, and keeps them.
 * - The second is far more than is needed: 10,000 runs take 25 MB. With it, V8 lets less garbage gather before it looks
 *   for it.
 */
export const THREAD_LIMITS = {
  maxYoungGenerationSizeMb: 8,
  maxOldGenerationSizeMb: 1_000,
} as const;

/** Milliseconds in which a thread must have loaded its modules. */
export const LOADING_PATIENCE = 60_000;

/**
 * Returns what `node:worker_threads` can start: it takes files and `data:` only, and a `data:` module can import one
 * from a registry.
 *
 * @param address The address of a module.
 * @throws {NoThreadError} If there is none: a script has no `import.meta.url`.
 */
export function startOf(address: string | undefined): URL {
  if (address === undefined) {
    throw new NoThreadError("the program is bundled into a script");
  }
  if (address.startsWith("file:")) return new URL(address);
  const text = `import ${JSON.stringify(address)};`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

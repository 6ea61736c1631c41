import type { DeepFingerprints } from "./deep/deep.ts";

export type { DeepFingerprints };

/**
 * Loads the modules that deep fingerprints need (above all a parser) for the functions of one project. Each module
 * is read and parsed once, however many functions use it.
 *
 * @returns an object that fingerprints functions with everything that they use.
 *
 * @example
 * ```ts
 * import { loadDeepFingerprints } from "@ato/ato/fingerprint";
 *
 * const RATE = 0.1;
 * const shrink = (x: number) => x * RATE;
 * const deep = await loadDeepFingerprints();
 * const { dependencies } = await deep.fingerprint(shrink, { module: import.meta.url });
 * console.log(dependencies.map(({ id }) => id)); // [ "train.ts#RATE" ]
 * ```
 */
export async function loadDeepFingerprints(): Promise<DeepFingerprints> {
  const { DeepFingerprints } = await import("./deep/deep.ts");
  return new DeepFingerprints();
}

import { checkFunction, checkOptions, describe } from "./_check.ts";
import { FingerprintUsageError } from "./errors.ts";
import type { AnyFunction } from "./function_text.ts";
import type { DeepOptions } from "./deep/options.ts";
import type { DeepRecord } from "../internal/run_source.ts";

/**
 * Fingerprints a function with everything that it uses through the module graph: helpers in other files,
 * constants, data files, versions of packages. Their names and places in files do not count.
 *
 * @param fn A function or class of a module whose source can be read.
 * @param options Its module, and what its source does not show.
 * @returns the fingerprint (`ato-deep-v1:`), that of the whole graph (`ato-graph-v1:`), the dependencies
 * and the blind spots; if there is no fingerprint, the reason.
 * @throws {OpaqueFunctionError} If the function has no readable source.
 * @throws {FingerprintUsageError} If it is not a function, or an option is invalid.
 *
 * @example
 * ```ts
 * import { fingerprintDeep } from "@ato/ato/fingerprint";
 *
 * const RATE = 0.1;
 * const shrink = (x: number) => x * RATE;
 * const step = (x: number) => shrink(x) + 1;
 * const { dependencies } = await fingerprintDeep(step, { module: import.meta.url });
 * console.log(dependencies.map(({ id }) => id)); // [ "train.ts#shrink", "train.ts#RATE" ]
 * ```
 */
export async function fingerprintDeep(
  fn: AnyFunction,
  options: DeepOptions,
): Promise<DeepRecord> {
  const action = "fingerprint code";
  checkFunction(action, "it", fn);
  checkOptions<DeepOptions>(action, options, {
    module: true,
    line: true,
    captures: true,
    includes: true,
  });
  const { module, captures = {}, includes = [] } = options;
  if (typeof module !== "string" || !URL.canParse(module)) {
    throw new FingerprintUsageError(
      `Cannot ${action}: module is ${
        describe(module)
      }; give import.meta.url of the module that the function is in`,
    );
  }
  if (typeof captures !== "object" || captures === null) {
    throw new FingerprintUsageError(
      `Cannot ${action}: captures is ${
        describe(captures)
      }; give an object of values by name`,
    );
  }
  if (!Array.isArray(includes)) {
    throw new FingerprintUsageError(
      `Cannot ${action}: includes is ${
        describe(includes)
      }; give a list of functions`,
    );
  }
  for (const one of includes) checkFunction(action, "one of includes", one);
  // Only who fingerprints code pays for the parser.
  const { DeepFingerprints } = await import("./deep/deep.ts");
  return await new DeepFingerprints().fingerprint(fn, options);
}

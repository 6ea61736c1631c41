import { readPath } from "./_read_path.ts";
import { Source } from "./_source.ts";

/**
 * Reads a key path without a value.
 *
 * @param path E.g. `model.layers[0]`.
 * @returns the keys.
 * @throws {CommandLineError} If it cannot be read.
 */
export function readKeyPath(path: string): string[] {
  const source = new Source([path]);
  const steps = readPath(source);
  if (source.done) return steps.map(String);
  throw source.error(
    (place) => `the key path is followed by other text ${place}`,
    'quote unusual keys, as in "a b".c',
  );
}

import { formatPath } from "../internal/key_path.ts";
import { entriesOf, valueAt } from "../internal/config_data.ts";

/**
 * Returns what different spellings of one path have in common: `model/depth`, `modelDepth`,
 * `MODEL_DEPTH`, and an `é` of one character or of two.
 */
function fold(path: readonly string[]): string {
  return path.join("").normalize().toLowerCase().replace(/[\s_\-/.:]/g, "");
}

/**
 * Finds the path that was probably meant.
 *
 * @param config The config.
 * @param path The path that was typed; it does not exist.
 * @param scope The scope's name, which may have been typed before the keys.
 * @returns a path that exists and is spelled differently or has more keys at its start; `undefined` if
 * there is none, or more than one.
 */
export function suggestPath(
  config: object,
  path: readonly string[],
  scope: string,
): string | undefined {
  const inside = path.slice(1);
  if (path[0] === scope && inside.length > 0) {
    if (valueAt(config, inside) !== undefined) return formatPath(inside);
  }
  const folded = fold(path);
  const found = [...pathsOf(config, [])].filter((known) =>
    fold(known) === folded || endsWith(known, path)
  );
  return found.length === 1 ? formatPath(found[0]!) : undefined;
}

/** Whether a known path ends with a shorter one: `depth` is the end of `model.depth`. */
function endsWith(known: readonly string[], path: readonly string[]): boolean {
  return known.length > path.length &&
    path.every((key, i) => key === known[known.length - path.length + i]);
}

/** Lists every key path, those of mappings too. */
function* pathsOf(
  value: unknown,
  above: readonly string[],
): Generator<readonly string[]> {
  for (const [key, child] of entriesOf(value) ?? []) {
    const path = [...above, key];
    yield path;
    yield* pathsOf(child, path);
  }
}

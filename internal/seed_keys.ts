/**
 * Which config leaves are seeds of random numbers. A seed is a source of noise, and no cause.
 *
 * @module
 */

/** The last keys that name a seed, in lower case, without `_` and `-`. */
const SEED_KEYS: ReadonlySet<string> = new Set([
  "seed",
  "randomseed",
  "randomstate",
  "rngseed",
  "seedvalue",
  "manualseed",
  "globalseed",
  "npseed",
  "numpyseed",
  "torchseed",
  "pythonhashseed",
]);

/** Words above a key `seed` that say that it changes the data, and not the noise alone. */
const DATA_KEYS: ReadonlySet<string> = new Set([
  "data",
  "dataset",
  "datasets",
  "dataloader",
  "split",
  "splits",
  "sampling",
  "subset",
  "fold",
  "folds",
]);

function plain(key: string): string {
  return key.toLowerCase().replace(/[_-]/g, "");
}

/**
 * Tells whether a config leaf is a seed by its name: `seed`, `randomSeed`, `random_state`, `rng_seed`,
 * `random.seed`. `splitSeed` and `data.seed` change the data, so they are not.
 *
 * @param keys The keys from the root to the leaf.
 */
export function isSeedPath(keys: readonly string[]): boolean {
  const last = keys.at(-1);
  if (last === undefined || !SEED_KEYS.has(plain(last))) return false;
  return !keys.slice(0, -1).some((key) => DATA_KEYS.has(plain(key)));
}

/**
 * Tells whether a factor is a seed: `seed` itself, or a config leaf that {@linkcode isSeedPath} accepts.
 *
 * @param id The id of the factor, e.g. `config:model.seed`.
 */
export function isSeedFactor(id: string): boolean {
  if (id === "seed") return true;
  return id.startsWith("config:") && /seed|state/i.test(id) &&
    isSeedPath(keysOf(id.slice("config:".length)));
}

/** The keys of a path as `formatPath` writes it: plain keys, and JSON strings. */
function keysOf(path: string): string[] {
  const keys = path.match(/"(?:[^"\\]|\\.)*"|[^."]+/g) ?? [];
  return keys.map((key) => key.startsWith('"') ? JSON.parse(key) : key);
}

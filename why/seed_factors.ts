import { keysOf } from "./config_ids.ts";

/** Last keys that name a seed, in lower case without separators. */
const SEEDS: ReadonlySet<string> = new Set(
  ("seed randomseed randseed rngseed seedvalue globalseed baseseed manualseed randomstate torchseed numpyseed " +
    "npseed pythonseed jaxseed tfseed initseed trainseed modelseed").split(" "),
);

/** Keys above a seed with which it chooses the data. */
const DATA = /^(data|dataset|datasets|dataloader|split|splits|fold|folds|cv)$/;

/**
 * Tells whether a factor is a seed: a source of noise.
 *
 * A seed that chooses the data (`splitSeed`, `data.seed`) is none, unless it is listed.
 *
 * @param id The id of the factor.
 * @param listed Ids or key paths that are seeds.
 * @returns true for a seed.
 */
export function isSeedFactor(id: string, listed: ReadonlySet<string>): boolean {
  if (id === "seed" || listed.has(id)) return true;
  const keys = keysOf(id);
  if (keys === undefined) return false;
  if (listed.has(id.slice("config:".length))) return true;
  const plain = keys.map((key) => key.toLowerCase().replace(/[^a-z0-9]/g, ""));
  return SEEDS.has(plain.at(-1) ?? "") &&
    !plain.slice(0, -1).some((key) => DATA.test(key));
}

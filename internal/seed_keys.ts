/**
 * Which config leaves are seeds of random numbers. A seed is a source of noise, and no cause.
 *
 * @module
 */
import { splitPath } from "./key_path.ts";

/** Last keys that name a seed, in lower case without separators. */
const SEEDS: ReadonlySet<string> = new Set(
  ("seed randomseed randseed rngseed seedvalue globalseed baseseed manualseed randomstate torchseed numpyseed " +
    "npseed pythonseed jaxseed tfseed initseed trainseed modelseed").split(" "),
);

/** Keys above a seed with which it chooses the data. */
const DATA = /^(data|dataset|datasets|dataloader|split|splits|fold|folds|cv)$/;

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Tells whether a factor is a seed: a source of noise.
 *
 * A seed that chooses the data (`splitSeed`, `data.seed`) is none, unless it is listed.
 *
 * @param id The id of the factor.
 * @param listed Ids or key paths that are seeds. @default {none}
 * @returns true for a seed.
 */
export function isSeedFactor(
  id: string,
  listed: ReadonlySet<string> = NOTHING,
): boolean {
  if (id === "seed" || listed.has(id)) return true;
  if (!id.startsWith("config:")) return false;
  const path = id.slice("config:".length);
  if (listed.has(path)) return true;
  const plain = splitPath(path).map((key) =>
    key.toLowerCase().replace(/[^a-z0-9]/g, "")
  );
  return SEEDS.has(plain.at(-1) ?? "") &&
    !plain.slice(0, -1).some((key) => DATA.test(key));
}

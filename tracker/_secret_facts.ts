/** Secrets that were hashed with different keys cannot be compared. */
import { keyIdOf } from "../internal/secret_values.ts";
import type { RunFacts } from "../internal/run_facts.ts";

/** The runs of a history. */
interface Runs {
  readonly a: RunFacts;
  readonly b: RunFacts;
  readonly others: readonly RunFacts[];
}

/**
 * Makes secrets unknown whose key is another one than that of the first run that has a secret.
 *
 * @param runs The runs.
 * @param configOf Returns the factors of a run's config.
 */
export function withOneKey(
  { a, b, others }: Runs,
  configOf: (run: RunFacts) => ReadonlyMap<string, string>,
): Runs {
  const all = [a, b, ...others];
  const known = new Map<unknown, ReadonlyMap<string, string>>();
  const secrets = (run: RunFacts): ReadonlyMap<string, string> => {
    // Runs that share a set of factors have the same secrets.
    const set = run.sets?.config;
    let found = set === undefined ? undefined : known.get(set);
    if (found === undefined) {
      found = secretsOf(configOf(run));
      known.set(set, found);
    }
    return found;
  };
  const key = all.map((run) => [...secrets(run).values()][0])
    .find((one) => one !== undefined);
  if (key === undefined) return { a, b, others };
  const strict = (run: RunFacts): RunFacts => {
    const foreign = [...secrets(run)].filter(([, one]) => one !== key)
      .map(([id]) => id);
    return foreign.length === 0 ? run : without(run, new Set(foreign));
  };
  return { a: strict(a), b: strict(b), others: others.map(strict) };
}

/** The keys of the secrets of a config, by the id of the factor. */
function secretsOf(
  config: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [id, value] of config) {
    const key = keyIdOf(value);
    if (key !== undefined) found.set(id, key);
  }
  return found;
}

function without(run: RunFacts, ids: ReadonlySet<string>): RunFacts {
  const factors = new Map([...run.factors].filter(([id]) => !ids.has(id)));
  const { sets: _, ...rest } = run;
  const { config } = run.coverage;
  const missing = [...ids].map((id) =>
    `${id}: a secret that was hashed with another key`
  );
  return {
    ...rest,
    factors,
    coverage: {
      ...run.coverage,
      config: { level: "partial", missing: [...config.missing, ...missing] },
    },
  };
}

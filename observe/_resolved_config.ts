/** The config of a command line as the program's own parser resolved it. */
import type { ConfigSeen, SeedSeen } from "../internal/observation.ts";
import { isRecord } from "../internal/objects.ts";
import type { ConfigHistory } from "../internal/run_source.ts";

/** The words of a command line as a config, as `ato run` records it. */
export interface WordsConfig {
  /** The program. */
  readonly program: string;
  /** Its options by name, and under `words` the other words. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** A config, and where its values come from. */
export interface ResolvedConfig {
  /** The config with the values that a parser resolved. */
  readonly config: WordsConfig;
  /** Where its values come from. */
  readonly history: ConfigHistory;
}

/**
 * Puts the values that a parser resolved in the place of the words that it read.
 *
 * @param words The command line as a config.
 * @param history Where its values come from.
 * @param configs What parsers resolved, in order; of two values with one name the later one counts.
 * @returns the config with the values and their defaults; `undefined` if no parser resolved any.
 */
export function resolveConfig(
  words: WordsConfig,
  history: ConfigHistory,
  configs: readonly ConfigSeen[],
): ResolvedConfig | undefined {
  if (configs.length === 0) return undefined;
  const values: Record<string, unknown> = Object.create(null);
  const sources: Record<string, string> = Object.create(null);
  for (const { source, values: resolved } of withOneOfHydra(configs)) {
    if (!isRecord(resolved)) continue;
    for (const [name, value] of Object.entries(resolved)) {
      values[name] = value;
      sources[name] = source;
    }
  }
  const options = configs.flatMap(({ options = [] }) => options);
  const rest = unreadWords(words.args, values, options);
  const args = { ...rest, ...values };
  return {
    config: { program: words.program, args },
    history: {
      ...(history["program"] && { program: history["program"] }),
      ...Object.fromEntries(
        Object.keys(rest).flatMap((name) => {
          const key = `args.${name}`;
          return history[key] === undefined ? [] : [[key, history[key]]];
        }),
      ),
      ...Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          `args.${name}`,
          [{ value, kind: "parser", by: sources[name]! }],
        ]),
      ),
    },
  };
}

/** Puts one config in the place of those of Hydra: a run with `--multirun` has one for each job. */
function withOneOfHydra(configs: readonly ConfigSeen[]): ConfigSeen[] {
  const jobs = configs.filter(({ source }) => source === "hydra");
  if (jobs.length < 2) return [...configs];
  const values = ofAllJobs(jobs.map((job) => job.values));
  const all = { ...jobs[0]!, values: isRecord(values) ? values : {} };
  return [...configs.filter((one) => !jobs.includes(one)), all];
}

/** Returns the value that all jobs have, or the list of their values; `null` stands for a job without one. */
function ofAllJobs(values: readonly unknown[]): unknown {
  if (!values.every(isRecord)) {
    const texts = new Set(values.map((value) => JSON.stringify(value)));
    return texts.size === 1 ? values[0] : values.map((value) => value ?? null);
  }
  const names = new Set(values.flatMap((value) => Object.keys(value)));
  return Object.fromEntries(
    [...names].map((name) => [name, ofAllJobs(values.map((one) => one[name]))]),
  );
}

/** Returns the words that no resolved value stands for. */
function unreadWords(
  args: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, unknown>>,
  options: readonly string[],
): Record<string, unknown> {
  const names = [...Object.keys(values), ...options].map(plain);
  const texts = new Set(Object.values(values).flat().map(String));
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    if (name === "words" && Array.isArray(value)) {
      // The script itself stays.
      const [script, ...others] = value;
      const kept = others.filter((word) =>
        !texts.has(String(word)) && !options.includes(String(word))
      );
      rest[name] = [script, ...kept];
      continue;
    }
    // Parsers take a part of a long name, and one letter for a short one.
    const isRead = name.length === 1 ||
      names.some((known) => known.startsWith(plain(name)));
    if (!isRead) rest[name] = value;
  }
  return rest;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]/g, "");
}

/** A program that makes more generators than this gives each a seed that it computes; these are no seed of the run. */
const MOST_GENERATORS = 8;

/**
 * Returns the seed of a run.
 *
 * @param seeds The seeds that random generators got, in order.
 * @returns the seed if all generators got the same one; otherwise each with its function; `undefined` if none was
 *   seeded, or one was seeded from the system.
 */
export function seedOf(seeds: readonly SeedSeen[]): string | undefined {
  const byName = new Map<string, Set<string>>();
  for (const { name, value, isOwn = false } of seeds) {
    if (value === null) return undefined;
    const values = byName.get(name) ?? new Set();
    if (isOwn || values.size === 0) byName.set(name, values.add(value));
  }
  const known = [...byName].filter(([, { size }]) => size <= MOST_GENERATORS);
  const all = new Set(known.flatMap(([, values]) => [...values]));
  if (all.size <= 1) return [...all][0];
  return known.sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, values]) => `${name}=${[...values].join("+")}`).join(", ");
}

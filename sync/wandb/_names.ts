/** Characters that W&B refuses in the name of a project. */
const NOT_IN_PROJECT = /[/\\#?%:\p{Cc}]/gu;
/** The most characters of the name of a project. */
const LONGEST_PROJECT = 128;
/** The most characters of a tag. */
const LONGEST_TAG = 64;

/** Columns of the history that W&B writes itself, and the one with the step of Ato. */
const COLUMNS = ["_step", "_runtime", "_timestamp", "_wandb"];

/** The column with the step as Ato has it, where W&B's own `_step` cannot have it. */
export const STEP_COLUMN = "ato/step";

/**
 * Makes the name of a project one that W&B takes: without `/ \\ # ? % :` and control characters, at most 128 characters.
 *
 * @param name The name.
 * @returns the name, with `-` for each character that W&B refuses; `uncategorized` if nothing is left.
 *
 * @example
 * ```ts
 * import { wandbProjectName } from "@ato/ato/sync";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(wandbProjectName("vision/iris"), "vision-iris");
 * ```
 */
export function wandbProjectName(name: string): string {
  const cleaned = [...name.toWellFormed().replace(NOT_IN_PROJECT, "-")]
    .slice(0, LONGEST_PROJECT).join("").trim();
  return cleaned === "" ? "uncategorized" : cleaned;
}

/** Makes tags ones that W&B takes: each once, none empty, none longer than 64 characters. */
export function tagNames(tags: readonly string[]): string[] {
  const cut = tags.map((tag) =>
    [...tag.toWellFormed()].slice(0, LONGEST_TAG).join("")
  );
  return [...new Set(cut)].filter((tag) => tag !== "");
}

/**
 * Gives each metric a column of the history: its name, unless W&B uses that itself, or another metric has it. W&B does
 * not tell names apart that differ in case alone.
 *
 * @param names The names of the metrics.
 * @returns the columns, in the order of the names.
 */
export function columnNames(names: readonly string[]): string[] {
  return freeNames(names, {
    taken: [...COLUMNS, STEP_COLUMN],
    empty: "metric",
    fold: (name) => name.toLowerCase(),
  });
}

/**
 * Gives each key of a config the key that it has at W&B: its own, unless W&B uses that itself.
 *
 * @param keys The keys, each once.
 * @returns the keys, in the same order.
 */
export function configKeys(keys: readonly string[]): string[] {
  return freeNames(keys, {
    taken: ["_wandb"],
    empty: "_",
    fold: (name) => name,
  });
}

/** Appends `_` to names that are taken. A name stays as it is if it can, whatever the names before it are. */
function freeNames(
  names: readonly string[],
  { taken: others, empty, fold }: {
    readonly taken: readonly string[];
    readonly empty: string;
    readonly fold: (name: string) => string;
  },
): string[] {
  const taken = new Set(["", ...others]);
  const own = new Set<string>();
  for (const name of names) {
    if (!name.isWellFormed() || taken.has(fold(name))) continue;
    taken.add(fold(name));
    own.add(name);
  }
  return names.map((name) => {
    if (own.has(name)) return name;
    let free = name === "" ? empty : name.toWellFormed();
    while (taken.has(fold(free))) free += "_";
    taken.add(fold(free));
    return free;
  });
}

/** Finds a key that none of the others is: `ato`, `ato_`, … */
export function freeKey(wanted: string, keys: readonly string[]): string {
  let key = wanted;
  while (keys.includes(key)) key += "_";
  return key;
}

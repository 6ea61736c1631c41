/**
 * The config values that differ between two runs, with what set them.
 *
 * @module
 */
import type { Run } from "../tracker/mod.ts";
import type { ConfigHistory } from "../internal/run_source.ts";
import { splitPath } from "../internal/key_path.ts";
import { flatten } from "../internal/leaves.ts";
import { isPlaceKey } from "../internal/place_keys.ts";
import { setBy } from "../internal/set_by.ts";
import { textAt } from "../internal/value_text.ts";

/** A config value that differs. */
export interface ConfigDifference {
  /** The key path. */
  readonly path: string;
  /** Its value in the first run; `undefined` if the key is absent. */
  readonly a: unknown;
  /** Its value in the second run; `undefined` if the key is absent. */
  readonly b: unknown;
  /** What set it in the first run, e.g. `defaults, train.ts:12`. */
  readonly setByA: string | undefined;
  /** What set it in the second run. */
  readonly setByB: string | undefined;
  /** Whether it is known that neither run read it. */
  readonly neverRead: boolean;
}

/**
 * Returns the leaves of a run's config. The project's name and the file (`experiment.projectName`,
 * `experiment.sql`) are left out.
 *
 * @param config The config.
 * @returns the leaves by key path.
 */
export function configLeaves(config: unknown): Map<string, unknown> {
  return new Map(
    [...flatten(config)].filter(([path]) => !isPlaceKey(splitPath(path))),
  );
}

/** What a run knows about its config. Each of these reads the file, so they are read once. */
interface ConfigView {
  readonly leaves: ReadonlyMap<string, unknown>;
  readonly history: ConfigHistory;
  readonly unread: ReadonlySet<string> | undefined;
}

function viewOf(run: Run): ConfigView {
  const { config, history, unread } = run;
  return {
    leaves: configLeaves(config),
    history,
    unread: unread && new Set(unread),
  };
}

/** Tells whether a run is known not to have read a key; a key that it does not have was not read either. */
function isUnread({ leaves, unread }: ConfigView, path: string): boolean {
  return unread !== undefined && (unread.has(path) || !leaves.has(path));
}

/**
 * Compares the config values of two runs.
 *
 * @param a The first run.
 * @param b The second run.
 * @returns the values that differ, with what set them.
 */
export function compareConfig(a: Run, b: Run): ConfigDifference[] {
  const [left, right] = [viewOf(a), viewOf(b)];
  const paths = new Set([...left.leaves.keys(), ...right.leaves.keys()]);
  return [...paths]
    .filter((path) => textAt(left.leaves, path) !== textAt(right.leaves, path))
    .map((path) => ({
      path,
      a: left.leaves.get(path),
      b: right.leaves.get(path),
      setByA: setBy(left.history, path) || undefined,
      setByB: setBy(right.history, path) || undefined,
      neverRead: isUnread(left, path) && isUnread(right, path),
    }));
}

import type { ADict } from "../adict/mod.ts";
import { isSame, toPlain, valueAt } from "../internal/config_data.ts";
import { formatPath } from "../internal/key_path.ts";
import { leavesOf } from "../internal/leaves.ts";
import {
  type PendingView,
  type TrialAccess,
  trialAccess,
  type TrialWord,
} from "../internal/trial_access.ts";
import { formatValue } from "../scope/mod.ts";
import { SearchUsageError } from "./errors.ts";
import { searchedLeaves } from "./spaces/_searched_leaves.ts";
import type { Space } from "./spaces/space.ts";

/**
 * Makes the config of a trial the current config of a scope, as if the script had been started with
 * the searched keys on its command line: lazy views follow these keys, and every function that
 * `scope.main` made gets the config of the trial.
 */
export class TrialScope {
  readonly #access: TrialAccess;
  readonly #space: Space<unknown>;
  /** The scope's config before the search. */
  readonly base: ADict;

  /**
   * @param scope A scope whose config is resolved.
   * @param space What is searched.
   * @throws {SearchUsageError} If it is not a scope, or has no config.
   */
  constructor(scope: object, space: Space<unknown>) {
    const access = trialAccess(scope);
    if (access === undefined) {
      throw new SearchUsageError(
        "scope",
        "Cannot search: the scope is not a Scope of this package; pass a Scope",
      );
    }
    if (!access.isActive || access.base === undefined) {
      throw new SearchUsageError(
        "scope",
        "Cannot search: the scope is paused, so that trials would get no config; activate it",
      );
    }
    this.#access = access;
    this.#space = space;
    this.base = access.base as ADict;
  }

  /** Makes the config before the search the scope's current config again. */
  restore(): void {
    this.#access.restore();
  }

  /**
   * Resolves the config of a trial.
   *
   * @param words The keys that the trial sets; if there are none, the config before the search is used.
   */
  *resolve(
    words: readonly TrialWord[],
  ): Generator<PendingView, ADict, void> {
    this.restore();
    if (words.length === 0) return this.base;
    const config = yield* this.#access.resolve(words);
    for (const word of words) this.#refuseOverride(word);
    return config as ADict;
  }

  /**
   * Returns the words that set the searched keys, and the other keys that differ from the config before
   * the search.
   *
   * @param distribution The trial's config as the search made it, or some keys of it. For the scope's
   * own config there are no words.
   */
  wordsOf(distribution: object): TrialWord[] {
    if (distribution === this.base) return [];
    const searched = searchedLeaves(this.#space, distribution);
    const isSearched = (path: readonly string[]) =>
      searched.some(([keys]) => keys.every((key, i) => key === path[i]));
    const others = [...leavesOf(toPlain(distribution))].filter((
      [path, value],
    ) =>
      !isSearched(path) && path[0] !== "__hyperopt_id__" &&
      !isSame(valueAt(this.base, path)?.value, value)
    );
    return [...searched, ...others].map(([path, value]) => ({
      path,
      value,
      text: `${formatPath(path)}=${formatValue(value)}`,
    }));
  }

  /** A searched key that the command line sets would be the same in every trial. */
  #refuseOverride({ path, text }: TrialWord): void {
    const entries = this.#access.explain(path);
    const set = entries.findLastIndex(({ kind, by }) =>
      kind === "code" && by === text
    );
    const over = entries.slice(set + 1).find(({ kind }) =>
      kind === "command-line" || kind === "parser"
    );
    if (over === undefined) return;
    const name = formatPath(path);
    throw new SearchUsageError(
      name,
      `Cannot search ${name}: the command line sets it (${over.by}), so that it would be the same ` +
        "in every trial; leave it out there, or take it out of the search space",
    );
  }
}

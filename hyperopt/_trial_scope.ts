import type { ADict as ADictType } from "../adict/adict.ts";
import { formatPath } from "../internal/key_path.ts";
import type { AssignmentWord } from "../scope/command_line.ts";
import type { ScopeCore } from "../scope/_core.ts";
import { coreOf } from "../scope/_cores.ts";
import { formatValue } from "../scope/format_value.ts";
import { isSame, leavesOf } from "../scope/_leaves.ts";
import type { Pending } from "../scope/_resolution.ts";
import { SearchUsageError } from "./errors.ts";
import { searchedLeaves, valueAt } from "./spaces/_searched_leaves.ts";
import type { Space } from "./spaces/space.ts";

/**
 * Makes the config of a trial the current config of a scope: as if the script had been started with
 * the searched keys on its command line. So lazy views follow them, and every function that
 * `scope.main` made sees the trial's config.
 */
export class TrialScope {
  readonly #core: ScopeCore;
  readonly #space: Space<unknown>;
  /** What the scope had resolved before the search. */
  readonly #before: ScopeCore["state"];

  /**
   * @param scope A scope whose config is resolved.
   * @param space What is searched.
   */
  constructor(scope: object, space: Space<unknown>) {
    const core = coreOf(scope);
    if (core === undefined) {
      throw new SearchUsageError(
        "scope",
        "Cannot search: the scope is none of this package; pass a Scope",
      );
    }
    if (!core.active || core.config === undefined) {
      throw new SearchUsageError(
        "scope",
        "Cannot search: the scope is paused, so that trials would get no config; activate it",
      );
    }
    this.#core = core;
    this.#space = space;
    this.#before = core.state;
  }

  /** The scope's config before the search. */
  get base(): ADictType {
    return this.#before.config!;
  }

  /** Gives the scope the config that it had before the search. */
  restore(): void {
    this.#core.state = this.#before;
  }

  /**
   * Resolves the config of a trial.
   *
   * @param words What the trial sets; the scope's own config if nothing.
   */
  *resolve(
    words: readonly AssignmentWord[],
  ): Generator<Pending, ADictType, void> {
    this.restore();
    if (words.length === 0) return this.base;
    const config = yield* this.#core.resolveTrial(words);
    for (const word of words) this.#refuseOverride(word);
    return config;
  }

  /**
   * What sets the searched keys, and the other keys that are not as before the search.
   *
   * @param distribution The trial's config as the search made it, or some keys of it. The scope's
   * own config stands for itself.
   */
  wordsOf(distribution: object): AssignmentWord[] {
    if (distribution === this.base) return [];
    const searched = searchedLeaves(this.#space, distribution);
    const isSearched = (path: readonly string[]) =>
      searched.some(([keys]) => keys.every((key, i) => key === path[i]));
    const others = [...leavesOf(distribution)].filter(([path, value]) =>
      !isSearched(path) && path[0] !== "__hyperopt_id__" &&
      !isSame(valueAt(this.base, path), value)
    );
    return [...searched, ...others].map(([path, value]) => ({
      kind: "assignment",
      path,
      value,
      text: `${formatPath(path)}=${formatValue(value)}`,
    }));
  }

  /** A searched key that the command line sets would be the same in every trial. */
  #refuseOverride({ path, text }: AssignmentWord): void {
    const entries = this.#core.history!.explain(path.map(String));
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

/**
 * Access to a scope that lets a search resolve the config once for each trial. A scope offers this under
 * a symbol, so that a search depends on this contract and not on the implementation of scopes.
 *
 * @module
 */
import type { HistoryEntry } from "./run_source.ts";

/** The symbol property of a scope: a function that returns its {@linkcode TrialAccess}. */
export const TRIAL_ACCESS: unique symbol = Symbol.for(
  "ato.trial-access",
) as never;

/** A key that a trial sets. */
export interface TrialWord {
  /** The keys from the root on. */
  readonly path: readonly string[];
  /** The value, as plain data. */
  readonly value: unknown;
  /** The word of the command line that sets the key: it names the setter in the history. */
  readonly text: string;
}

/** A view that returned a promise; resolving continues when it has settled. */
export interface PendingView {
  /** The view's name. */
  readonly view: string;
  /** What the view returned. */
  readonly promise: PromiseLike<unknown>;
}

/** Access to a scope for the trials of a search. */
export interface TrialAccess {
  /** The config that was resolved when the access was made; `undefined` if there was none. */
  readonly base: object | undefined;
  /** False if the scope was paused when the access was made. */
  readonly isActive: boolean;
  /** Makes `base` the scope's current config again. */
  restore(): void;
  /** Resolves the config with the keys of a trial and makes it the scope's current config. */
  resolve(words: readonly TrialWord[]): Generator<PendingView, object, void>;
  /** Returns the history of a key in the current config, oldest first. */
  explain(path: readonly string[]): readonly HistoryEntry[];
}

/**
 * Returns the {@linkcode TrialAccess} of a scope.
 *
 * @param scope Any value.
 * @returns the access; `undefined` if the value is not a scope.
 */
export function trialAccess(scope: unknown): TrialAccess | undefined {
  if (typeof scope !== "object" || scope === null) return undefined;
  const ask = (scope as Record<symbol, unknown>)[TRIAL_ACCESS];
  return typeof ask === "function" ? ask.call(scope) : undefined;
}

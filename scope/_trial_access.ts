import { TRIAL_ACCESS, type TrialAccess } from "../internal/trial_access.ts";
import type { ScopeCore } from "./_core.ts";

/**
 * Lets a search resolve the config of a scope once for each trial.
 *
 * @param scope The scope.
 * @param core Its implementation.
 */
export function offerTrialAccess(scope: object, core: ScopeCore): void {
  Object.defineProperty(scope, TRIAL_ACCESS, {
    value: () => trialAccessOf(core),
  });
}

function trialAccessOf(core: ScopeCore): TrialAccess {
  const before = core.state;
  return {
    base: before.config,
    isActive: core.active,
    restore: () => {
      core.state = before;
    },
    resolve: (words) =>
      core.resolveTrial(words.map((word) => ({ kind: "assignment", ...word }))),
    explain: (path) => core.history?.explain(path) ?? [],
  };
}

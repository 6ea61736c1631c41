import type { ScopeCore } from "./_core.ts";

const cores = new WeakMap<object, ScopeCore>();

/** Makes the inside of a scope known to this package. */
export function registerCore(scope: object, core: ScopeCore): void {
  cores.set(scope, core);
}

/** The inside of a scope; `undefined` for anything else. */
export function coreOf(scope: object): ScopeCore | undefined {
  return cores.get(scope);
}

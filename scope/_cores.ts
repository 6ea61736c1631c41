import type { ScopeCore } from "./_core.ts";

const cores = new WeakMap<object, ScopeCore>();

/** Registers the implementation of a scope. */
export function registerCore(scope: object, core: ScopeCore): void {
  cores.set(scope, core);
}

/** Returns the implementation of a scope; `undefined` for any other object. */
export function coreOf(scope: object): ScopeCore | undefined {
  return cores.get(scope);
}

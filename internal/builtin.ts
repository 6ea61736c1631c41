/** Modules of the runtime without an import: importing them slows down the start of every program. */
import { getProcess } from "./runtime.ts";

interface Builtins {
  "node:buffer": typeof import("node:buffer");
  "node:fs": typeof import("node:fs");
  "node:path": typeof import("node:path");
  "node:crypto": typeof import("node:crypto");
  "node:worker_threads": typeof import("node:worker_threads");
}

/** Returns a module of the runtime at once. */
export function builtin<N extends keyof Builtins>(name: N): Builtins[N] {
  const { getBuiltinModule } = getProcess() as unknown as {
    getBuiltinModule(name: N): Builtins[N];
  };
  return getBuiltinModule(name);
}

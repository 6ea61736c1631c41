/** From a name to what it stands for, through imports and re-exports. */
import type { Declaration, Import, Module } from "./_module.ts";
import type { DataFile, ModuleGraph } from "./_module_graph.ts";
import type { ResolvedPackage } from "./_project.ts";

/** What a name stands for. */
export type Target =
  | { readonly kind: "declaration"; readonly declaration: Declaration }
  | { readonly kind: "namespace"; readonly module: Module }
  | { readonly kind: "data"; readonly data: DataFile; readonly name: string }
  /** Of a package; `id` has name, version, path and export, `shown` has no version. */
  | { readonly kind: "package"; readonly id: string; readonly shown: string }
  | { readonly kind: "builtin"; readonly id: string }
  | { readonly kind: "blind"; readonly what: string };

/** Resolves names over a module graph. */
export class Names {
  readonly #graph: ModuleGraph;

  constructor(graph: ModuleGraph) {
    this.#graph = graph;
  }

  /** What a name of a module's top level stands for; `undefined` for a global. */
  ofModule(module: Module, name: string): Target | undefined {
    const declaration = module.declarations.get(name);
    if (declaration !== undefined) return { kind: "declaration", declaration };
    const imported = module.imports.get(name);
    return imported === undefined
      ? undefined
      : this.#imported(imported, module, new Set());
  }

  /** What a module exports under a name. */
  exported(module: Module, name: string): Target | undefined {
    return this.#exported(module, name, new Set());
  }

  /** Every name that a module exports, sorted. */
  exportNames(module: Module): string[] {
    const names = new Set<string>();
    this.#collect(module, names, new Set());
    return [...names].sort();
  }

  #collect(module: Module, names: Set<string>, seen: Set<Module>): void {
    if (seen.has(module)) return;
    seen.add(module);
    for (const name of module.exports.keys()) names.add(name);
    for (const specifier of module.stars) {
      const from = this.#moduleOf(specifier, module);
      if (from !== undefined) this.#collect(from, names, seen);
    }
  }

  #moduleOf(specifier: string, from: Module): Module | undefined {
    const resolved = this.#graph.resolve(specifier, from.url);
    if (resolved?.kind !== "file") return undefined;
    const loaded = this.#graph.get(resolved.url);
    return loaded !== undefined && "module" in loaded
      ? loaded.module
      : undefined;
  }

  #imported(one: Import, from: Module, seen: Set<string>): Target {
    const resolved = this.#graph.resolve(one.specifier, from.url);
    switch (resolved?.kind) {
      case "package": {
        return exportOf(resolved, one.name);
      }
      case "builtin":
        return { kind: "builtin", id: `${resolved.name}#${one.name}` };
      case "remote":
        return remoteExport(resolved.url, one.name);
      case "file":
        return this.#ofFile(resolved.url, one, seen);
      default:
        return { kind: "blind", what: one.specifier };
    }
  }

  #ofFile(url: string, one: Import, seen: Set<string>): Target {
    const loaded = this.#graph.get(url);
    if (loaded === undefined || "blind" in loaded) {
      return { kind: "blind", what: url };
    }
    if ("data" in loaded) {
      return { kind: "data", data: loaded.data, name: one.name };
    }
    if (one.name === "*") return { kind: "namespace", module: loaded.module };
    return this.#exported(loaded.module, one.name, seen) ??
      { kind: "blind", what: `${url}#${one.name}` };
  }

  #exported(
    module: Module,
    name: string,
    seen: Set<string>,
  ): Target | undefined {
    const key = `${module.url}\n${name}`;
    // Modules may export each other's names in a circle.
    if (seen.has(key)) return undefined;
    seen.add(key);
    const own = module.exports.get(name);
    if (own !== undefined) {
      if ("from" in own) return this.#imported(own.from, module, seen);
      const declaration = module.declarations.get(own.local);
      if (declaration !== undefined) {
        return { kind: "declaration", declaration };
      }
      const imported = module.imports.get(own.local);
      return imported && this.#imported(imported, module, seen);
    }
    if (name === "default") return undefined;
    return this.#fromStars(module, name, seen);
  }

  #fromStars(
    module: Module,
    name: string,
    seen: Set<string>,
  ): Target | undefined {
    for (const specifier of module.stars) {
      const resolved = this.#graph.resolve(specifier, module.url);
      if (resolved?.kind === "package") {
        return exportOf(resolved, name);
      }
      const from = this.#moduleOf(specifier, module);
      const target = from && this.#exported(from, name, seen);
      if (target !== undefined) return target;
    }
    return undefined;
  }
}

function exportOf(
  { name, version, path }: ResolvedPackage,
  exported: string,
): Target {
  return {
    kind: "package",
    id: `${name}@${version}${path}#${exported}`,
    shown: `${name}${path}#${exported}`,
  };
}

function remoteExport(url: string, exported: string): Target {
  const id = `${url}#${exported}`;
  return { kind: "package", id, shown: id };
}

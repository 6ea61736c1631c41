/** Where the names of Python modules come from. */
import { posix } from "node:path";
import type { PythonFacts, PythonImport, PythonStep } from "./_python_facts.ts";
import { isStandard, isTyping } from "./_standard_library.ts";

/** A module of the program. */
export interface LocalModule {
  /** Its path from the root. */
  readonly path: string;
  /** The names under which it was imported. */
  readonly names: ReadonlySet<string>;
  /** What it says about itself; `undefined` if it could not be parsed. */
  readonly facts: PythonFacts | undefined;
  /** Whether it was run as a script. */
  readonly isMain: boolean;
}

/** A name that an import makes. */
interface Row {
  /** What it is called in the module; `undefined` for all names of a module. */
  readonly local: string | undefined;
  /** The module, by its path if it is one of the program's. */
  readonly from: string;
  /** The name there; `*` for the module itself. */
  readonly name: string;
}

/** An import statement with what it stands for. */
interface Resolved {
  /** The modules that it runs, by their paths or names. */
  readonly runs: readonly string[];
  readonly rows: readonly Row[];
}

/** The imports of a program. */
export class PythonImports {
  readonly #modules: readonly LocalModule[];
  readonly #byName = new Map<string, string>();
  readonly #byPath = new Map<string, LocalModule>();
  readonly #resolved = new Map<LocalModule, readonly Resolved[]>();
  readonly #used = new Map<LocalModule, ReadonlySet<string>>();
  /** The names that other modules take from each module; `*` for all of them. */
  readonly #taken = new Map<string, Set<string>>();

  /** @param modules The modules of a program. */
  constructor(modules: readonly LocalModule[]) {
    this.#modules = modules;
    for (const one of modules) {
      this.#byPath.set(one.path, one);
      for (const name of one.names) this.#byName.set(name, one.path);
    }
    for (const one of modules) {
      this.#used.set(one, usedIn(one));
      this.#resolved.set(
        one,
        (one.facts?.imports ?? []).map((each) => this.#resolve(each, one)),
      );
    }
    for (const one of modules) this.#take(one);
  }

  /**
   * Lists where the names of a module come from, and the modules that it runs.
   *
   * @param module The module.
   * @returns phrases, as {@linkcode ProgramPiece.links} has them.
   */
  linksOf(module: LocalModule): string[] {
    const kept = this.#of(module).filter((one) => this.#counts(module, one));
    const runs = kept.flatMap(({ runs }) => runs)
      .filter((name) => this.#byPath.has(name) || !isStandard(name));
    const rows = kept.flatMap(({ rows }) => rows);
    const names = numbered(rows.filter((row) => this.#hasRow(module, row)))
      .map((row) => JSON.stringify(row));
    const stars = rows.filter(({ local }) => local === undefined)
      .map(({ from }) => from);
    return [
      ...[...new Set(runs)].map((one) => `module ${one}`),
      ...[...new Set(names)].sort().map((one) => `import ${one}`),
      ...[...new Set(stars)].map((one) => `star ${one}`),
    ];
  }

  /** The order in which a module does things; imports that have no effect are left out. */
  stepsOf(
    module: LocalModule,
  ): (Exclude<PythonStep, { import: number }> | "import")[] {
    const imports = this.#of(module);
    const steps: (Exclude<PythonStep, { import: number }> | "import")[] = [];
    for (const one of module.facts?.order ?? []) {
      if (!("import" in one)) steps.push(one);
      else {
        const found = imports[one.import];
        const counts = found !== undefined && this.#counts(module, found) &&
          found.runs.some((name) =>
            this.#byPath.has(name) || !isStandard(name)
          );
        // Nothing runs before the first imports, and those that follow each other are listed by themselves.
        if (counts && steps.length > 0 && steps.at(-1) !== "import") {
          steps.push("import");
        }
      }
    }
    return steps;
  }

  /** The other names of names: `from m import n as k`. */
  *aliases(): Iterable<readonly [local: string, name: string]> {
    for (const list of this.#resolved.values()) {
      for (const { rows } of list) {
        for (const { local, name } of rows) {
          if (local !== undefined && name !== "*" && local !== name) {
            yield [local, name];
          }
        }
      }
    }
  }

  #of(module: LocalModule): readonly Resolved[] {
    return this.#resolved.get(module) ?? [];
  }

  /** Whether what a name stands for counts: of the standard library and of types, only if it is used. */
  #hasRow(module: LocalModule, { local, from }: Row): boolean {
    if (local === undefined) return false;
    return this.#byPath.has(from) || !(isStandard(from) || isTyping(from)) ||
      this.#isUsed(module, local);
  }

  /** An import of the standard library, or of types, counts if a name of it is used. */
  #counts(module: LocalModule, { runs, rows }: Resolved): boolean {
    return runs.some((name) =>
      this.#byPath.has(name) || !(isStandard(name) || isTyping(name))
    ) ||
      rows.some(({ local }) =>
        local === undefined || this.#isUsed(module, local)
      );
  }

  /** Whether a name of a module is used there, or may be used by another module. */
  #isUsed(module: LocalModule, local: string | undefined): boolean {
    if (local === undefined) return false;
    const taken = this.#taken.get(module.path);
    return this.#used.get(module)?.has(local) === true ||
      taken?.has(local) === true || taken?.has("*") === true;
  }

  #take(module: LocalModule): void {
    for (const { rows } of this.#of(module)) {
      for (const { from, name, local } of rows) {
        if (!this.#byPath.has(from)) continue;
        const taken = this.#taken.get(from) ?? new Set();
        this.#taken.set(from, taken);
        if (local === undefined) taken.add("*");
        else if (name !== "*") taken.add(name);
        else for (const used of this.#used.get(module) ?? []) taken.add(used);
      }
    }
  }

  #resolve(one: PythonImport, from: LocalModule): Resolved {
    const { module, level, names } = one;
    if (module === null) {
      const runs = names.map(([name]) => this.#identify(name));
      const rows = names.map(([name, local]) => ({
        local: local ?? name.split(".")[0]!,
        from: this.#identify(name),
        name: "*",
      }));
      return { runs, rows };
    }
    const base = level === 0 ? module : baseOf(from.path, level, module);
    const place = this.#identify(base, level > 0);
    const runs = [place];
    const rows = names.map(([name, local]): Row => {
      if (name === "*") return { local: undefined, from: place, name };
      const below = level > 0 ? `${base}/${name}` : `${base}.${name}`;
      const inner = this.#find(below, level > 0);
      if (inner === undefined) {
        return { local: local ?? name, from: place, name };
      }
      runs.push(inner);
      return { local: local ?? name, from: inner, name: "*" };
    });
    return { runs, rows };
  }

  #identify(name: string, isPath = false): string {
    return this.#find(name, isPath) ?? name;
  }

  /** The path of a module of the program, by its dotted name, or by its path without the end. */
  #find(name: string, isPath: boolean): string | undefined {
    if (!isPath) return this.#byName.get(name);
    return [`${name}.py`, `${name}/__init__.py`].map((one) =>
      posix.normalize(one)
    ).find((one) => this.#byPath.has(one));
  }
}

/** Names that are made several times: the last one is what they stand for. */
function numbered(rows: readonly Row[]): (string | number | undefined)[][] {
  const counts = new Map<string | undefined, number>();
  return rows.map(({ local, from, name }) => {
    const count = (counts.get(local) ?? 0) + 1;
    counts.set(local, count);
    return count === 1 ? [local, from, name] : [local, from, name, count];
  });
}

/** The folder that dots stand for, with the module below it. */
function baseOf(path: string, level: number, module: string): string {
  const up = "../".repeat(level - 1);
  const parts = module === "" ? [] : module.split(".");
  return posix.normalize(
    posix.join(posix.dirname(path), up, ...parts),
  ).replace(/\/$/, "");
}

function usedIn({ facts, isMain }: LocalModule): ReadonlySet<string> {
  const used = new Set<string>();
  for (const one of facts?.pieces ?? []) {
    for (const name of one.uses) used.add(name);
  }
  for (const step of facts?.order ?? []) {
    if (!("hash" in step) || step.main === true && !isMain) continue;
    for (const name of step.uses) used.add(name);
  }
  return used;
}

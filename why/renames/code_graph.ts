/**
 * What the code of a run refers to.
 *
 * @module
 */
import { splitCodeId } from "../../internal/run_factors.ts";
import type { CodeShape, RunFacts } from "../facts.ts";

/** A run whose shapes of code are known. */
export type ShapedRun = RunFacts & Required<Pick<RunFacts, "shapes">>;

/** Where the names of a module come from, as the links of its statements say. */
export interface ModuleLinks {
  /** The modules that it runs, in order. */
  readonly modules: readonly string[];
  /** What each imported name stands for. */
  readonly imports: ReadonlyMap<string, string>;
  /** What each exported name stands for, if that is a declaration of another name. */
  readonly exports: ReadonlyMap<string, string>;
  /** The other links. */
  readonly others: readonly string[];
}

/** The pieces of code of a run, and what they refer to. */
export class CodeGraph {
  /** The ids of its pieces. */
  readonly ids: readonly string[];
  readonly #run: ShapedRun;
  readonly #rows = new Map<string, Rows>();
  readonly #targets = new Map<string, string[]>();

  /** @param run The run. */
  constructor(run: ShapedRun) {
    this.#run = run;
    this.ids = [...run.shapes.keys()].filter((id) => run.factors.has(id));
  }

  /**
   * Tells whether it has code of a name, whether something uses it or not.
   *
   * @param id The id.
   * @returns true if it has.
   */
  declares(id: string): boolean {
    return this.#run.shapes.has(id);
  }

  /**
   * Tells whether it has a piece.
   *
   * @param id The id.
   * @returns true if it has.
   */
  has(id: string): boolean {
    return this.#run.factors.has(id);
  }

  /**
   * Returns the shape of a piece.
   *
   * @param id The id.
   * @returns the shape; for a file that is compared as a whole, its value.
   */
  shapeOf(id: string): CodeShape {
    return this.#run.shapes.get(id) ??
      { shape: this.#run.factors.get(id) ?? "", uses: [], isNamed: true };
  }

  /**
   * Lists what a piece refers to.
   *
   * @param id The id.
   * @returns the ids of pieces of this program; for everything else, a phrase that names it.
   */
  targetsOf(id: string): readonly string[] {
    const known = this.#targets.get(id);
    if (known !== undefined) return known;
    const [path] = splitCodeId(id);
    const targets = this.shapeOf(id).uses.map((name) =>
      this.#local(path, name, [])
    );
    this.#targets.set(id, targets);
    return targets;
  }

  /**
   * Lists the members of a class.
   *
   * @param id The id of the class.
   * @returns their names, without that of the class.
   */
  membersOf(id: string): string[] {
    return this.ids.filter((one) => one.startsWith(`${id}.`))
      .map((one) => one.slice(id.length + 1));
  }

  /**
   * Reads the links of a module.
   *
   * @param path Its path.
   * @returns what its names stand for.
   */
  linksOf(path: string): ModuleLinks {
    const { modules, imports, exports, others } = this.#rowsOf(path);
    return {
      modules,
      others,
      imports: new Map(
        [...imports].map(([name, [from, exported]]) => [
          name,
          this.#exported(from, exported, []),
        ]),
      ),
      exports: new Map(
        [...exports.keys()].map((name) => [
          name,
          this.#exported(path, name, []),
        ]),
      ),
    };
  }

  /** What a name stands for in a module. `seen` keeps modules that export each other's names from an endless search. */
  #local(path: string, name: string, seen: readonly string[]): string {
    const id = `code:${path}#${name}`;
    if (name !== "" && this.has(id)) return id;
    const imported = this.#rowsOf(path).imports.get(name);
    return imported === undefined
      ? `global ${name}`
      : this.#exported(...imported, seen);
  }

  #exported(path: string, name: string, seen: readonly string[]): string {
    const own = `${path} ${name}`;
    const { exports, stars } = this.#rowsOf(path);
    const [first, second] = exports.get(name) ?? [];
    if (seen.includes(own)) return `module ${own}`;
    if (first !== undefined) {
      return second === undefined
        ? this.#local(path, first, [...seen, own])
        : this.#exported(first, second, [...seen, own]);
    }
    if (this.has(`code:${path}#${name}`)) return `code:${path}#${name}`;
    for (const from of stars) {
      const target = this.#exported(from, name, [...seen, own]);
      if (target.startsWith("code:")) return target;
    }
    return `module ${own}`;
  }

  #rowsOf(path: string): Rows {
    let rows = this.#rows.get(path);
    if (rows === undefined) {
      rows = readRows(this.#run.factors.get(`code:${path}#`) ?? "");
      this.#rows.set(path, rows);
    }
    return rows;
  }
}

/** The links of a module as they are written. */
interface Rows {
  readonly modules: readonly string[];
  readonly imports: ReadonlyMap<string, readonly [path: string, name: string]>;
  /** A local name; or a path and the name of an export. */
  readonly exports: ReadonlyMap<string, readonly string[]>;
  readonly stars: readonly string[];
  readonly others: readonly string[];
}

function readRows(value: string): Rows {
  const lines = value.split("\n").slice(1);
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `))
      .map((line) => line.slice(word.length + 1));
  return {
    modules: after("module"),
    imports: new Map(
      after("import").map((text) => {
        const [alias = "", path = "", name = ""] = readNames(text);
        return [alias, [path, name]];
      }),
    ),
    exports: new Map(
      after("export").map((text) => {
        const [name = "", ...rest] = readNames(text);
        return [name, rest];
      }),
    ),
    stars: after("star"),
    others: lines.filter((line) => !/^(?:module|import|export) /.test(line)),
  };
}

function readNames(text: string): string[] {
  const names: unknown = JSON.parse(text);
  return Array.isArray(names) ? names.map(String) : [];
}

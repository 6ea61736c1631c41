/** The canonical names of variables, labels and private members, in order of first encounter. */
import type { ESTree } from "meriyah";
import type { Binding, Bindings } from "./_bindings.ts";

/** Returns the number of the declaration that a free name refers to, if it has one. */
export type DeclarationNumber = (name: string) => number | undefined;

/** Returns the name under which a free name is written, so that an alias of it changes nothing. */
export type FreeName = (name: string) => string;

export class Namer {
  readonly bindings: Bindings;
  readonly #declaration: DeclarationNumber | undefined;
  readonly #rename: FreeName;
  /** Free names in order of first encounter. */
  readonly free: Set<string> = new Set();
  readonly #locals = new Map<Binding, string>();
  readonly #labels: { name: string; atom: string }[] = [];
  readonly #privates: Map<string, string | undefined>[] = [];
  #labelCount = 0;
  #privateCount = 0;

  constructor(
    bindings: Bindings,
    declaration?: DeclarationNumber,
    rename: FreeName = (name) => name,
  ) {
    this.bindings = bindings;
    this.#declaration = declaration;
    this.#rename = rename;
  }

  local(binding: Binding): string {
    if (binding.kept || this.bindings.dynamic) return "=" + binding.name;
    let atom = this.#locals.get(binding);
    if (atom === undefined) {
      atom = "$" + this.#locals.size;
      this.#locals.set(binding, atom);
    }
    return atom;
  }

  freeName(name: string): string {
    this.free.add(name);
    // Where code is evaluated at run time, the name itself matters.
    if (this.bindings.dynamic) return "@" + name;
    const number = this.#declaration?.(name);
    return number === undefined ? "@" + this.#rename(name) : "%" + number;
  }

  identifier(node: ESTree.Identifier): string {
    const binding = this.bindings.of.get(node);
    if (binding !== undefined) return this.local(binding);
    if (node.name === "arguments") return node.name;
    // In a `with` or beside an `eval`, `undefined` may be a variable.
    if (node.name === "undefined" && !this.bindings.dynamic) return node.name;
    return this.freeName(node.name);
  }

  /** The atom of the name by which a function or class knows itself. */
  self(node: ESTree.Node): string | undefined {
    const binding = this.bindings.self.get(node);
    if (binding === undefined) return undefined;
    return binding.used || this.bindings.dynamic
      ? this.local(binding)
      : undefined;
  }

  labelled<T>(name: string, work: (atom: string) => T): T {
    const atom = "L" + this.#labelCount++;
    this.#labels.push({ name, atom });
    const result = work(atom);
    this.#labels.pop();
    return result;
  }

  label(name: string): string {
    const known = this.#labels.findLast((one) => one.name === name);
    return known?.atom ?? "L@" + name;
  }

  /** Opens the private names of a class body. */
  classBody<T>(names: readonly string[], work: () => T): T {
    this.#privates.push(new Map(names.map((name) => [name, undefined])));
    const result = work();
    this.#privates.pop();
    return result;
  }

  privateName(name: string): string {
    const scope = this.#privates.findLast((names) => names.has(name));
    if (scope === undefined || this.bindings.dynamic) return "#@" + name;
    let atom = scope.get(name);
    if (atom === undefined) {
      atom = "#" + this.#privateCount++;
      scope.set(name, atom);
    }
    return atom;
  }
}

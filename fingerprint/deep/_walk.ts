/**
 * From a function to all that it uses: declarations are numbered breadth first, in order of first
 * reference, so neither their names nor their places in files count, and recursion works.
 */
import type { ESTree } from "meriyah";
import { canonicalNode, type CanonicalOptions } from "../_canonical.ts";
import { childNodes } from "../_names.ts";
import { sha256HexSync } from "../digest.ts";
import { fingerprintValue } from "../value.ts";
import { type EnclosingScope, enclosingScopes } from "./_enclosing.ts";
import type { Located } from "./_locate.ts";
import type { Declaration, Module } from "./_module.ts";
import { nameMembers, splitMemberName } from "./_namespaces.ts";
import type { Names, Target } from "./_names_of_exports.ts";
import type { BlindSpot, CodeDependency } from "../../internal/run_source.ts";

/** Something that is used: code to walk on from, or an end. */
interface Item {
  readonly id: string;
  readonly kind: CodeDependency["kind"];
  /** Code, for functions, classes and variables. */
  readonly code?: Code;
  /** What is hashed of an end, or of a namespace before its members. */
  readonly text?: string;
  /** Tells apart ends of the same text: two unknown values are not one that was renamed. */
  readonly identity?: string;
  /** What it uses besides its code: the members of a namespace. */
  readonly members?: readonly Target[];
}

interface Code {
  readonly module: Module;
  readonly scopes: readonly EnclosingScope[];
  readonly node: ESTree.Node | undefined;
  readonly options: Pick<CanonicalOptions, "role" | "tags">;
  /** What stands before the text: a constant is not a function. */
  readonly prefix: string;
}

/** What a walk found. */
export interface WalkResult {
  /** What is hashed. */
  readonly text: string;
  /** The hash of the function itself. */
  readonly own: string;
  readonly dependencies: readonly CodeDependency[];
  readonly globals: readonly string[];
  readonly blindSpots: readonly BlindSpot[];
}

/** Walks from one function. */
export class Walk {
  readonly #names: Names;
  readonly #captures: ReadonlyMap<string, string>;
  readonly #pathOf: (url: string) => string;
  readonly #items: Item[] = [];
  readonly #numbers = new Map<unknown, number>();
  readonly #globals = new Set<string>();
  readonly #blind = new Map<string, BlindSpot>();

  /**
   * @param names Resolves names.
   * @param captures The hashes of values that the user gave for names.
   * @param pathOf Shortens a URL to the path that ids begin with.
   */
  constructor(
    names: Names,
    captures: ReadonlyMap<string, string>,
    pathOf: (url: string) => string,
  ) {
    this.#names = names;
    this.#captures = captures;
    this.#pathOf = pathOf;
  }

  /** Adds a function to walk from; the first one is the function itself. */
  start(located: Located, name: string): void {
    const { module, node, options, path } = located;
    this.#number(node, () => ({
      id: this.#id(module, name),
      kind: "included",
      code: {
        module,
        scopes: enclosingScopes(path),
        node,
        options,
        prefix: "",
      },
    }));
  }

  /** Notes something that cannot be seen. */
  blind(kind: string, what: string): void {
    this.#blind.set(`${kind}\n${what}`, { kind, what });
  }

  /** Walks to the end. */
  finish(): WalkResult {
    const texts: string[] = [];
    const dependencies: CodeDependency[] = [];
    let own = "";
    // The list grows while it is walked.
    for (let i = 0; i < this.#items.length; i++) {
      const item = this.#items[i]!;
      const { text, references } = this.#read(item);
      texts.push(`${text}\n${references.join(",")}`);
      const hashed = `${item.kind}\n${text}\n${item.identity ?? ""}`;
      const hash = `ato-part-v1:${sha256HexSync(hashed)}`;
      if (i === 0) {
        own = hash;
        continue;
      }
      const source = item.code && sourceOf(item.code);
      dependencies.push({
        id: item.id,
        kind: item.kind,
        hash,
        ...(source !== undefined && { source }),
      });
    }
    return {
      text: JSON.stringify(texts),
      own,
      dependencies,
      globals: [...this.#globals].sort(),
      blindSpots: [...this.#blind.values()],
    };
  }

  #number(key: unknown, make: () => Item): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#items.length;
      this.#numbers.set(key, number);
      this.#items.push(make());
    }
    return number;
  }

  /** Returns the text of an item, in which its references are numbered from 0, and their real numbers. */
  #read(item: Item): { text: string; references: number[] } {
    const references: number[] = [];
    const local = (number: number): number => {
      const known = references.indexOf(number);
      return known >= 0 ? known : references.push(number) - 1;
    };
    if (item.members !== undefined) {
      for (const member of item.members) {
        const number = this.#ofTarget(member);
        if (number !== undefined) local(number);
      }
    }
    if (item.code?.node === undefined) {
      return { text: item.text ?? `${item.code?.prefix}undefined`, references };
    }
    const { code } = item;
    this.#noteDynamicImports(code.node!);
    const node = nameMembers(
      withoutName(code.node!),
      (name) => this.#resolve(code, name)?.kind === "namespace",
    );
    const { text } = canonicalNode(node, {
      ...code.options,
      declaration: (name) => {
        const number = this.#ofName(code, name);
        return number === undefined ? undefined : local(number);
      },
    });
    return { text: code.prefix + text, references };
  }

  #noteDynamicImports(node: ESTree.Node): void {
    if (node.type === "ImportExpression") {
      const { source } = node;
      const what = source.type === "Literal"
        ? String(source.value)
        : "a computed name";
      this.blind("dynamic-import", what);
    }
    for (const child of childNodes(node)) this.#noteDynamicImports(child);
  }

  /** The number of what a free name stands for; `undefined` for a global. */
  #ofName(code: Code, name: string): number | undefined {
    const captured = this.#captures.get(name);
    if (captured !== undefined) {
      return this.#number(`captured ${name}`, () => ({
        id: name,
        kind: "captured",
        text: captured,
      }));
    }
    const scope = code.scopes.findIndex((names) => names.has(name));
    if (scope >= 0) return this.#ofEnclosing(code, name, scope);
    const target = this.#resolve(code, name);
    if (target !== undefined) return this.#ofTarget(target);
    this.#globals.add(name.replaceAll("\u0000", "."));
    return undefined;
  }

  #ofEnclosing(code: Code, name: string, at: number): number {
    const node = code.scopes[at]!.get(name) ?? null;
    if (node === null) {
      this.blind("captured", name);
      // By one number each, so that renaming the variable changes nothing.
      return this.#number(
        `${code.module.url}\n${at - code.scopes.length}\n${name}`,
        () => ({
          id: name,
          kind: "captured",
          text: "unknown",
          identity: name,
        }),
      );
    }
    return this.#number(node, () => ({
      id: this.#id(code.module, name),
      kind: node.type.startsWith("Class") ? "class" : "function",
      code: {
        ...code,
        scopes: code.scopes.slice(at),
        node,
        options: {},
        prefix: "",
      },
    }));
  }

  /** What a name of the module's top level, or a namespace's member, stands for. */
  #resolve(code: Code, name: string): Target | undefined {
    const member = splitMemberName(name);
    if (member === undefined) {
      if (code.scopes.some((names) => names.has(name))) return undefined;
      return this.#names.ofModule(code.module, name);
    }
    const namespace = this.#names.ofModule(code.module, member[0]);
    return namespace?.kind === "namespace"
      ? this.#names.exported(namespace.module, member[1])
      : undefined;
  }

  #ofTarget(target: Target): number | undefined {
    switch (target.kind) {
      case "declaration":
        return this.#ofDeclaration(target.declaration);
      case "namespace":
        return this.#number(
          target.module.url,
          () => this.#namespace(target.module),
        );
      case "data":
        return this.#number(target.data.url + "#" + target.name, () => ({
          id: this.#pathOf(target.data.url),
          kind: "json",
          text: `${target.name} ${fingerprintValue(target.data.value)}`,
        }));
      case "package":
        return this.#number(target.id, () => ({
          id: target.shown,
          kind: "package",
          text: target.id,
        }));
      case "builtin":
        this.#globals.add(target.id);
        return this.#number(target.id, () => ({
          id: target.id,
          kind: "package",
          text: target.id,
        }));
      case "blind":
        this.blind("unresolved", target.what);
        return this.#number(`blind ${target.what}`, () => ({
          id: target.what,
          kind: "package",
          text: "unresolved",
          identity: target.what,
        }));
    }
  }

  #namespace(module: Module): Item {
    const names = this.#names.exportNames(module);
    return {
      id: `${this.#pathOf(module.url)}#*`,
      kind: "namespace",
      text: `namespace ${JSON.stringify(names)}`,
      members: names.flatMap((name) =>
        this.#names.exported(module, name) ?? []
      ),
    };
  }

  #ofDeclaration(declaration: Declaration): number {
    const { module, name, node, pattern } = declaration;
    const key = pattern === undefined ? node ?? declaration : declaration;
    return this.#number(key, () => {
      const isAssigned = module.assigned.has(name);
      if (isAssigned) this.blind("mutable", this.#id(module, name));
      return {
        id: this.#id(module, name),
        kind: kindOf(declaration),
        code: {
          module,
          scopes: [],
          node: pattern ? program(pattern) : node,
          options: {},
          prefix: prefixOf(declaration, isAssigned),
        },
      };
    });
  }

  #id(module: Module, name: string): string {
    return `${this.#pathOf(module.url)}#${name}`;
  }
}

/**
 * A declaration without its name: inside, it then is a reference like any other, as it is in a
 * constant that holds the function.
 */
function withoutName(node: ESTree.Node): ESTree.Node {
  return node.type === "FunctionDeclaration" || node.type === "ClassDeclaration"
    ? { ...node, id: null } as ESTree.Node
    : node;
}

/** What a name is for people: a constant that holds a function is one. */
function kindOf({ kind, node, pattern }: Declaration): CodeDependency["kind"] {
  if (kind !== "variable" || pattern !== undefined) return kind;
  if (node?.type === "ClassExpression") return "class";
  return isFunction(node) ? "function" : "variable";
}

function isFunction(node: ESTree.Node | undefined): boolean {
  return node?.type === "ArrowFunctionExpression" ||
    node?.type === "FunctionExpression";
}

/** A variable is more than its value: it may change, or be one part of a pattern. */
function prefixOf(declaration: Declaration, isAssigned: boolean): string {
  const { name, pattern } = declaration;
  if (isAssigned) return `mutable ${pattern ? name : ""} `;
  return kindOf(declaration) === "variable"
    ? `constant ${pattern ? name : ""} `
    : "";
}

function program(statement: ESTree.Node): ESTree.Node {
  return {
    type: "Program",
    sourceType: "module",
    body: [statement],
  } as ESTree.Node;
}

/** The code as people read it, under its own names. */
function sourceOf(code: Code): string | undefined {
  return code.node === undefined
    ? undefined
    : canonicalNode(code.node, code.options).source;
}

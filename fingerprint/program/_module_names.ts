/** The names of a module: what it imports, and under which names hashes know its imports. */
import type { ESTree } from "meriyah";
import { childNodes } from "../_names.ts";
import { canonicalText } from "../_canonical.ts";
import type { ImportedName } from "./_facts.ts";

/** An import before it is known whether its name is unique. */
export type NamedImport = Omit<ImportedName, "alias">;

/** Stands for the name of a declaration in its own code, so that it may be renamed. */
const SELF = "\u0001";

/** Stands before and after the number of a free name; canonical text has no control characters. */
const MARK = "\u0002";

/** Code without the names that it uses, and these names. */
export interface Shape {
  /** The canonical text in which the names that it does not declare are numbers, in order of first encounter. */
  readonly shape: string;
  /** The names, in that order, as hashes know them. */
  readonly refs: readonly string[];
}

/** What is hashed of a node, and the names of the module that it uses. */
export interface Hashed extends Shape {
  readonly text: string;
  readonly uses: readonly string[];
  readonly isDynamic: boolean;
}

/** The names of one module. */
export class ModuleNames {
  readonly imports: ReadonlyMap<string, ImportedName>;
  readonly #declared: ReadonlySet<string>;
  readonly #sloppy: boolean;

  /**
   * @param imports What is imported, by local name.
   * @param declared The names that the module declares.
   * @param program Its tree.
   * @param sloppy Whether its code may be other than strict.
   */
  constructor(
    imports: ReadonlyMap<string, NamedImport>,
    declared: ReadonlySet<string>,
    program: ESTree.Program,
    sloppy: boolean,
  ) {
    this.#sloppy = sloppy;
    this.imports = aliasesOf(imports, program);
    this.#declared = declared;
  }

  /**
   * Canonicalises a node.
   *
   * @param node The node.
   * @param own The names that it declares: they do not count.
   */
  read(node: ESTree.Node, own: readonly string[] = []): Hashed {
    const refs: string[] = [];
    const rename = (name: string): string => {
      const place = own.indexOf(name);
      if (place >= 0) return `${SELF}${place}`;
      const alias = this.imports.get(name)?.alias ?? name;
      const known = refs.indexOf(alias);
      return `${MARK}${known < 0 ? refs.push(alias) - 1 : known}${MARK}`;
    };
    const { text: shape, free, isDynamic } = canonicalText(node, {
      rename,
      sloppy: this.#sloppy,
    });
    const known = free.filter((name) =>
      !own.includes(name) &&
      (this.#declared.has(name) || this.imports.has(name))
    );
    const uses = known.flatMap((name) =>
      this.imports.get(name)?.name === "*" ? membersOf(node, name) : [name]
    );
    const text = shape.replace(MARKED, (_, at) => refs[Number(at)] ?? "");
    return { text, shape, refs, uses: [...new Set(uses)], isDynamic };
  }
}

// deno-lint-ignore no-control-regex -- canonical text has no others
const MARKED = /\u0002(\d+)\u0002/g;

/** `space.member` for each member of a namespace that is used, or `space` if not all are known. */
function membersOf(node: ESTree.Node, space: string): string[] {
  const members = new Set<string>();
  let isWhole = false;
  const visit = (one: ESTree.Node): void => {
    if (one.type === "MemberExpression" && isNamed(one.object, space)) {
      const member = staticMember(one);
      if (member === undefined) isWhole = true;
      else members.add(`${space}.${member}`);
      if (one.computed) visit(one.property);
      return;
    }
    if (isNamed(one, space)) isWhole = true;
    for (const child of childNodes(one)) visit(child);
  };
  visit(node);
  return isWhole ? [space] : [...members];
}

function isNamed(node: ESTree.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

function staticMember(node: ESTree.MemberExpression): string | undefined {
  const { property } = node;
  if (!node.computed && property.type === "Identifier") return property.name;
  return property.type === "Literal" && typeof property.value === "string"
    ? property.value
    : undefined;
}

/**
 * The names by which hashes know imports: the exported name, whatever the local one, and whatever the module, because
 * the list of imports is hashed by itself. Where that could mean two things, the specifier is added.
 */
function aliasesOf(
  imports: ReadonlyMap<string, NamedImport>,
  program: ESTree.Program,
): Map<string, ImportedName> {
  const used = namesIn(program);
  const counts = new Map<string, number>();
  for (const one of imports.values()) {
    const alias = aliasOf(one);
    counts.set(alias, (counts.get(alias) ?? 0) + 1);
  }
  return new Map(Array.from(imports, ([local, one]) => {
    const alias = aliasOf(one);
    const isUnclear = alias !== local &&
      (counts.get(alias) !== 1 || used.has(alias));
    return [local, {
      ...one,
      alias: isUnclear ? `${one.name}@${one.specifier}` : alias,
    }];
  }));
}

function aliasOf({ name, specifier }: NamedImport): string {
  if (name !== "default" && name !== "*") return name;
  const parts = specifier.replace(/\.\w+$/, "").split("/");
  const last = parts.at(-1)!;
  const base = /^(?:index|mod|main)$/.test(last) ? parts.at(-2) ?? last : last;
  return `${name}@${base}`;
}

/** Every name in the statements of a module that import nothing. */
function namesIn(program: ESTree.Program): Set<string> {
  const names = new Set<string>();
  const visit = (node: ESTree.Node): void => {
    if (node.type === "Identifier") names.add(node.name);
    for (const child of childNodes(node)) visit(child);
  };
  for (const one of program.body) {
    if (one.type !== "ImportDeclaration") visit(one);
  }
  return names;
}

/** What a module declares, imports and exports. */
import { messageOf } from "../../internal/errors.ts";
import { type ESTree, parse } from "meriyah";
import { boundNames, childNodes } from "../_names.ts";
import { UnreadableSourceError } from "./_read_source.ts";

/** A name that a module declares. */
export interface Declaration {
  /** The module. */
  readonly module: Module;
  /** The name; `default` for an expression that is exported so. */
  readonly name: string;
  /** What it is. */
  readonly kind: "function" | "class" | "variable";
  /** The function, the class, or the initialiser (`undefined` where there is none). */
  readonly node: ESTree.Node | undefined;
  /** For a destructured variable the whole declaration, of which the name takes a part. */
  readonly pattern?: ESTree.Node;
}

/** A name that a module imports. */
export interface Import {
  /** The module's name, as it is written. */
  readonly specifier: string;
  /** The exported name, `default`, or `*` for the namespace. */
  readonly name: string;
}

/** Where an exported name comes from. */
export type Export =
  | { readonly local: string }
  | { readonly from: Import };

/** A module of the project. */
export interface Module {
  /** Its URL. */
  readonly url: string;
  /** Its JavaScript text. */
  readonly text: string;
  /** Its syntax tree. */
  readonly program: ESTree.Program;
  /** The names that it declares. */
  readonly declarations: ReadonlyMap<string, Declaration>;
  /** The names that it imports. */
  readonly imports: ReadonlyMap<string, Import>;
  /** The names that it exports. */
  readonly exports: ReadonlyMap<string, Export>;
  /** The modules all of whose names it exports. */
  readonly stars: readonly string[];
  /** Every module that it names: imports, re-exports, literal dynamic imports. */
  readonly specifiers: readonly string[];
  /** The names that it assigns to somewhere. */
  readonly assigned: ReadonlySet<string>;
}

interface Draft extends Module {
  readonly declarations: Map<string, Declaration>;
  readonly imports: Map<string, Import>;
  readonly exports: Map<string, Export>;
  readonly stars: string[];
  readonly specifiers: string[];
  readonly assigned: Set<string>;
}

/**
 * Parses a module and lists its names.
 *
 * @param url Its URL.
 * @param text Its JavaScript text.
 * @returns the module.
 * @throws {UnreadableSourceError} If the text is no module.
 */
export function parseModule(url: string, text: string): Module {
  const draft: Draft = {
    url,
    text,
    program: parseProgram(url, text),
    declarations: new Map(),
    imports: new Map(),
    exports: new Map(),
    stars: [],
    specifiers: [],
    assigned: new Set(),
  };
  for (const statement of draft.program.body) readStatement(draft, statement);
  readEverywhere(draft, draft.program);
  return draft;
}

function parseProgram(url: string, text: string): ESTree.Program {
  try {
    return parse(text, {
      sourceType: "module",
      next: true,
      validateRegex: false,
      // Lines are counted when one is asked for: with them, each node would have three objects more.
      ranges: true,
      jsx: /x$/.test(url),
    });
  } catch (error) {
    const reason = messageOf(error);
    throw new UnreadableSourceError("syntax", `${url}: ${reason}`);
  }
}

function readStatement(draft: Draft, statement: ESTree.Node): void {
  switch (statement.type) {
    case "ImportDeclaration":
      return readImport(draft, statement);
    case "ExportNamedDeclaration":
      return readNamedExport(draft, statement);
    case "ExportDefaultDeclaration":
      return readDefaultExport(draft, statement.declaration);
    case "ExportAllDeclaration":
      return readStarExport(draft, statement);
    default:
      return void declare(draft, statement);
  }
}

function readImport(draft: Draft, node: ESTree.ImportDeclaration): void {
  const specifier = String(node.source.value);
  draft.specifiers.push(specifier);
  for (const one of node.specifiers) {
    const name = one.type === "ImportSpecifier"
      ? moduleName(one.imported)
      : one.type === "ImportDefaultSpecifier"
      ? "default"
      : "*";
    draft.imports.set(one.local.name, { specifier, name });
  }
}

/** The name of an import or export: an identifier, or a string. */
function moduleName(node: ESTree.Node): string {
  return node.type === "Identifier"
    ? node.name
    : String((node as ESTree.Literal).value);
}

function readNamedExport(
  draft: Draft,
  node: ESTree.ExportNamedDeclaration,
): void {
  if (node.declaration) {
    for (const name of declare(draft, node.declaration)) {
      draft.exports.set(name, { local: name });
    }
  }
  const specifier = node.source ? String(node.source.value) : undefined;
  if (specifier !== undefined) draft.specifiers.push(specifier);
  for (const one of node.specifiers) {
    const local = moduleName(one.local);
    draft.exports.set(
      moduleName(one.exported),
      specifier === undefined
        ? { local }
        : { from: { specifier, name: local } },
    );
  }
}

function readDefaultExport(draft: Draft, node: ESTree.Node): void {
  const [name = "default"] = declare(draft, node);
  if (name === "default") {
    draft.declarations.set("default", {
      module: draft,
      name: "default",
      kind: node.type.startsWith("Function")
        ? "function"
        : node.type.startsWith("Class")
        ? "class"
        : "variable",
      node,
    });
  }
  draft.exports.set("default", { local: name });
}

function readStarExport(draft: Draft, node: ESTree.ExportAllDeclaration): void {
  const specifier = String(node.source.value);
  draft.specifiers.push(specifier);
  if (!node.exported) draft.stars.push(specifier);
  else {
    draft.exports.set(moduleName(node.exported), {
      from: { specifier, name: "*" },
    });
  }
}

/** Notes what a statement declares, and gives the names. */
function declare(draft: Draft, node: ESTree.Node): string[] {
  if (
    (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") &&
    node.id
  ) {
    const kind = node.type === "FunctionDeclaration" ? "function" : "class";
    draft.declarations.set(node.id.name, {
      module: draft,
      name: node.id.name,
      kind,
      node,
    });
    return [node.id.name];
  }
  if (node.type !== "VariableDeclaration") return [];
  return node.declarations.flatMap((one) => declareVariable(draft, node, one));
}

function declareVariable(
  draft: Draft,
  statement: ESTree.VariableDeclaration,
  node: ESTree.VariableDeclarator,
): string[] {
  const names = boundNames(node.id);
  const isPattern = node.id.type !== "Identifier";
  for (const name of names) {
    draft.declarations.set(name, {
      module: draft,
      name,
      kind: "variable",
      node: node.init ?? undefined,
      ...(isPattern && { pattern: { ...statement, declarations: [node] } }),
    });
  }
  return names;
}

/** Looks through the whole tree for assignments and dynamic imports. */
function readEverywhere(draft: Draft, node: ESTree.Node): void {
  if (node.type === "AssignmentExpression") assign(draft, node.left);
  else if (node.type === "UpdateExpression") assign(draft, node.argument);
  else if (node.type === "ForInStatement" || node.type === "ForOfStatement") {
    if (node.left.type !== "VariableDeclaration") assign(draft, node.left);
  } else if (node.type === "ImportExpression") {
    const { source } = node;
    if (source.type === "Literal") draft.specifiers.push(String(source.value));
  }
  for (const child of childNodes(node)) readEverywhere(draft, child);
}

function assign(draft: Draft, target: ESTree.Node): void {
  for (const name of boundNames(target)) draft.assigned.add(name);
}

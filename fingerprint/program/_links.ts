/** The modules and files that a module names outside of its import and export statements. */
import type { ESTree } from "meriyah";
import { childNodes } from "../_names.ts";
import type { ImportedName, Link, ModuleFacts } from "./_facts.ts";
import {
  type Constants,
  constantsOf,
  isMeta,
  staticText,
} from "./_static_text.ts";

/** What is found. */
export interface FoundLinks {
  readonly links: Link[];
  readonly unknown: ModuleFacts["unknown"][number][];
  /** Whether the module hands out its own address. */
  isImportable: boolean;
}

/**
 * Looks through a module for dynamic imports, workers, `require` and URLs of modules beside it.
 *
 * @param program Its tree.
 * @param imports What it imports, by local name.
 */
export function findLinks(
  program: ESTree.Program,
  imports: ReadonlyMap<string, ImportedName>,
): FoundLinks {
  return new Finder(constantsOf(program), imports).find(program);
}

/** The modules that a `Worker` may come from; other classes of this name start no module. */
const WORKERS = /^(?:node:)?worker_threads$/;

class Finder {
  readonly #constants: Constants;
  readonly #imports: ReadonlyMap<string, ImportedName>;
  readonly #found: FoundLinks = {
    links: [],
    unknown: [],
    isImportable: false,
  };
  /** Nodes that another one has accounted for. */
  readonly #done = new Set<ESTree.Node>();

  constructor(
    constants: Constants,
    imports: ReadonlyMap<string, ImportedName>,
  ) {
    this.#constants = constants;
    this.#imports = imports;
  }

  find(node: ESTree.Node): FoundLinks {
    this.#visit(node);
    return this.#found;
  }

  #visit(node: ESTree.Node): void {
    if (usesAddressOnly(node)) {
      for (const child of childNodes(node)) this.#done.add(child);
    }
    if (!this.#done.has(node)) this.#read(node);
    for (const child of childNodes(node)) this.#visit(child);
  }

  #read(node: ESTree.Node): void {
    switch (node.type) {
      case "MemberExpression":
        if (isMeta(node, "url") || isMeta(node, "filename")) {
          this.#found.isImportable = true;
        }
        return;
      case "ImportExpression":
        return this.#dynamic(node);
      case "NewExpression":
        return this.#isWorker(node.callee)
          ? this.#worker(node)
          : this.#beside(node);
      case "CallExpression":
        return this.#isRequire(node.callee)
          ? this.#require(node)
          : this.#beside(node);
    }
  }

  #dynamic(node: ESTree.ImportExpression): void {
    const target = staticText(node.source, this.#constants);
    this.#done.add(node.source);
    if (target === undefined) return this.#miss(node, "a computed import");
    const type = node.options ? attributeIn(node.options) : undefined;
    this.#add(node, {
      kind: "dynamic",
      specifier: target.text,
      ...(type !== undefined && { type }),
    });
  }

  #worker(node: ESTree.NewExpression): void {
    const [first] = node.arguments;
    if (first === undefined) return;
    const target = staticText(first, this.#constants);
    this.#done.add(first);
    if (target === undefined) return this.#miss(node, "a computed worker");
    this.#add(node, { kind: "worker", specifier: target.text });
  }

  #require(node: ESTree.CallExpression): void {
    const [first] = node.arguments;
    if (first === undefined) return;
    const target = staticText(first, this.#constants);
    if (target === undefined) return this.#miss(node, "a computed require");
    this.#add(node, { kind: "require", specifier: target.text });
  }

  /** A URL of a module beside this one is most often that of a worker. */
  #beside(node: ESTree.Node): void {
    const target = staticText(node, this.#constants);
    if (target?.isBeside !== true) return;
    for (const child of childNodes(node)) this.#done.add(child);
    if (/\.[cm]?[jt]sx?$/.test(target.text)) {
      this.#add(node, { kind: "url", specifier: target.text });
    }
  }

  #isWorker(callee: ESTree.Node): boolean {
    const name = callee.type === "Identifier"
      ? callee.name
      : callee.type === "MemberExpression" && !callee.computed &&
          callee.property.type === "Identifier"
      ? callee.property.name
      : "";
    const imported = this.#imports.get(name);
    const isOther = imported !== undefined && !WORKERS.test(imported.specifier);
    return (imported?.name ?? name) === "Worker" && !isOther;
  }

  #isRequire(callee: ESTree.Node): boolean {
    return callee.type === "Identifier" && callee.name === "require" &&
      !this.#imports.has("require");
  }

  #miss(node: ESTree.Node, what: string): void {
    const line = node.loc?.start.line ?? 1;
    this.#found.unknown.push({
      line,
      what: `the module of ${what} is not known`,
    });
  }

  #add(node: ESTree.Node, link: Omit<Link, "line">): void {
    this.#found.links.push({ ...link, line: node.loc?.start.line ?? 1 });
  }
}

/** Whether a node takes the address of the module for something else than to import it. */
function usesAddressOnly(node: ESTree.Node): boolean {
  switch (node.type) {
    case "BinaryExpression":
      return true;
    case "NewExpression":
      return node.callee.type === "Identifier" && node.callee.name === "URL";
    case "CallExpression":
      return node.callee.type === "Identifier" &&
        /^(?:createRequire|fileURLToPath|fromFileUrl|dirname)$/
          .test(node.callee.name);
    default:
      return false;
  }
}

/** The `type` of `{ with: { type: "json" } }`. */
function attributeIn(node: ESTree.Node): string | undefined {
  if (node.type !== "ObjectExpression") return undefined;
  for (const one of node.properties) {
    if (one.type !== "Property") continue;
    const key = one.key.type === "Identifier"
      ? one.key.name
      : one.key.type === "Literal"
      ? String(one.key.value)
      : "";
    if (key === "type" && one.value.type === "Literal") {
      return String(one.value.value);
    }
    const below = attributeIn(one.value);
    if (/^(?:with|assert)$/.test(key) && below !== undefined) return below;
  }
  return undefined;
}

/** The `type` of an import or export statement. */
export function attributeOf(node: ESTree.Node): string | undefined {
  const { attributes } = node as { attributes?: ESTree.ImportAttribute[] };
  for (const { key, value } of attributes ?? []) {
    const name = key.type === "Identifier" ? key.name : String(key.value);
    if (name === "type") return String(value.value);
  }
  return undefined;
}

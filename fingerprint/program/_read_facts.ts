/** From the text of a module to its facts. Loads the parser. */
import { messageOf } from "../../internal/errors.ts";
import type { ESTree } from "meriyah";
import { boundNames } from "../_names.ts";
import { classPieces } from "./_class_pieces.ts";
import type {
  DeclarationFacts,
  ExportFacts,
  FileFacts,
  Form,
  Link,
  ModuleFacts,
  StatementFacts,
} from "./_facts.ts";
import { hashText, shapeHash } from "./_hash_text.ts";
import { linesOf } from "./_lines.ts";
import { attributeOf, findLinks } from "./_links.ts";
import { type Hashed, ModuleNames, type NamedImport } from "./_module_names.ts";
import { parseOther, parseProgram } from "./_parse_program.ts";
import { isPure } from "./_pure.ts";
import { observeCall, onlySets } from "./_views.ts";

/**
 * Reads the facts of a module.
 *
 * @param text Its text.
 * @param form How it is written.
 * @returns the facts, or the reason why there are none.
 */
export async function readFacts(text: string, form: Form): Promise<FileFacts> {
  const plain = text.replace(/^\uFEFF/, "");
  let failure = "";
  for (const parse of [parseProgram, parseOther]) {
    try {
      return new Reader(await parse(plain, form), form).read();
    } catch (error) {
      // Code that is nested beyond the stack is a RangeError.
      if (!(error instanceof SyntaxError || error instanceof RangeError)) {
        throw error;
      }
      failure = error instanceof RangeError
        ? "is nested too deeply to be parsed"
        : `cannot be parsed: ${messageOf(error).split("\n")[0]}`;
    }
  }
  return { failure };
}

/** What a top-level name stands for before it is hashed. */
interface Declared {
  readonly name: string;
  readonly node: ESTree.Node;
}

class Reader {
  readonly #program: ESTree.Program;
  readonly #form: Form;
  readonly #names: ModuleNames;
  /** Whether it may be a CommonJS module, whose code is strict only if it says so. */
  readonly #sloppy: boolean;
  readonly #imports = new Map<string, NamedImport>();
  readonly #links: Link[] = [];
  /** The local names that an import statement makes. */
  readonly #localNames = new Map<Link, readonly string[]>();
  readonly #declarations: DeclarationFacts[] = [];
  readonly #statements: StatementFacts[] = [];
  readonly #exports: Record<string, ExportFacts> = Object.create(null);
  readonly #stars: string[] = [];
  readonly #importLines: (readonly [number, number])[] = [];
  readonly #declared = new Set<string>();
  #isDynamic = false;
  #unnamed = 0;

  constructor(program: ESTree.Program, form: Form) {
    this.#program = program;
    this.#form = form;
    for (const one of program.body) {
      if (one.type === "ImportDeclaration") this.#readImport(one);
      for (const name of declaredNames(one)) this.#declared.add(name);
    }
    this.#sloppy = isScript(program, form);
    this.#names = new ModuleNames(
      this.#imports,
      this.#declared,
      program,
      this.#sloppy,
    );
  }

  read(): ModuleFacts {
    for (const statement of this.#program.body) this.#statement(statement);
    const found = findLinks(this.#program, this.#names.imports);
    return {
      links: [...this.#links.map((one) => this.#marked(one)), ...found.links],
      unknown: found.unknown,
      declarations: merge(this.#declarations),
      statements: this.#statements,
      imports: Object.fromEntries(this.#names.imports),
      exports: this.#exports,
      stars: this.#stars,
      importLines: this.#importLines,
      isImportable: found.isImportable,
      isDynamic: this.#isDynamic ||
        found.links.some(({ kind }) => kind === "require") ||
        this.#form === "cjs" || this.#form === "cts",
    };
  }

  /** Types may be imported without the word `type`: such an import has no effect that TypeScript keeps. */
  #marked(link: Link): Link {
    const names = this.#localNames.get(link) ?? [];
    const isTyped = this.#form === "ts" || this.#form === "tsx";
    return !isTyped || names.length === 0 ||
        names.some((local) => this.#isUsed(local))
      ? link
      : { ...link, isUnused: true };
  }

  #isUsed(local: string): boolean {
    const isIn = (uses: readonly string[]) =>
      uses.some((one) => one === local || one.startsWith(`${local}.`));
    return this.#declarations.some(({ uses }) => isIn(uses)) ||
      this.#statements.some(({ uses }) => isIn(uses)) ||
      Object.values(this.#exports).some((one) =>
        "local" in one && one.local === local
      );
  }

  #readImport(node: ESTree.ImportDeclaration): void {
    const specifier = String(node.source.value);
    this.#importLines.push(linesOf(node));
    const link = this.#link(node, specifier);
    this.#localNames.set(link, node.specifiers.map(({ local }) => local.name));
    for (const one of node.specifiers) {
      const name = one.type === "ImportSpecifier"
        ? moduleName(one.imported)
        : one.type === "ImportDefaultSpecifier"
        ? "default"
        : "*";
      this.#imports.set(one.local.name, { specifier, name });
    }
  }

  #link(node: ESTree.Node, specifier: string): Link {
    const type = attributeOf(node);
    const [line] = linesOf(node);
    const link: Link = {
      specifier,
      kind: "import",
      line,
      ...(type !== undefined && { type }),
    };
    this.#links.push(link);
    return link;
  }

  #statement(node: ESTree.Node): void {
    switch (node.type) {
      case "ImportDeclaration":
      case "EmptyStatement":
        return;
      case "ExportNamedDeclaration":
        return this.#namedExport(node);
      case "ExportDefaultDeclaration":
        return this.#defaultExport(node);
      case "ExportAllDeclaration":
        return this.#starExport(node);
      case "FunctionDeclaration":
      case "ClassDeclaration":
      case "VariableDeclaration":
        return this.#declare(node);
      case "ExpressionStatement":
        if (node.directive !== undefined && !this.#sloppy) return;
        return this.#other(node, node.expression);
      default:
        return this.#other(node);
    }
  }

  #namedExport(node: ESTree.ExportNamedDeclaration): void {
    if (node.declaration) {
      this.#declare(node.declaration);
      for (const name of declaredNames(node.declaration)) {
        this.#exports[name] = { local: name };
      }
    }
    const specifier = node.source ? String(node.source.value) : undefined;
    if (specifier !== undefined) {
      this.#importLines.push(linesOf(node));
      this.#link(node, specifier);
    }
    for (const one of node.specifiers) {
      const local = moduleName(one.local);
      this.#exports[moduleName(one.exported)] = specifier === undefined
        ? { local }
        : { from: { specifier, name: local } };
    }
  }

  #defaultExport(node: ESTree.ExportDefaultDeclaration): void {
    const { declaration } = node;
    const isNamed = (declaration.type === "FunctionDeclaration" ||
      declaration.type === "ClassDeclaration") && declaration.id;
    if (isNamed) {
      this.#declare(declaration);
      this.#makeDefault(isNamed.name);
    } else if (
      declaration.type === "Identifier" && this.#isKnown(declaration.name)
    ) {
      this.#exports.default = { local: declaration.name };
    } else {
      this.#value({ name: "default", node }, declaration);
      this.#makeDefault("default");
    }
  }

  /** Another default is another module, even if both functions stay: the hash tells which one it is. */
  #makeDefault(name: string): void {
    this.#exports.default = { local: name, isInPlace: true };
    const i = this.#declarations.findLastIndex((one) => one.name === name);
    const piece = this.#declarations[i];
    if (piece === undefined) return;
    this.#declarations[i] = {
      ...piece,
      hash: hashText(`default ${piece.hash}`),
      shape: shapeHash(`default ${piece.shape}`),
    };
  }

  #isKnown(name: string): boolean {
    return this.#declared.has(name) || this.#imports.has(name);
  }

  #starExport(node: ESTree.ExportAllDeclaration): void {
    const specifier = String(node.source.value);
    this.#importLines.push(linesOf(node));
    this.#link(node, specifier);
    if (!node.exported) this.#stars.push(specifier);
    else {
      this.#exports[moduleName(node.exported)] = {
        from: { specifier, name: "*" },
      };
    }
  }

  #declare(node: ESTree.Node): void {
    if (node.type === "FunctionDeclaration") {
      this.#value({ name: node.id!.name, node }, node);
    } else if (node.type === "ClassDeclaration") {
      this.#value({ name: node.id!.name, node }, node);
    } else if (node.type === "VariableDeclaration") {
      const isUsing = /using/.test(node.kind);
      for (const one of node.declarations) {
        const at = node.declarations.length === 1 ? node : one;
        if (one.id.type === "Identifier") {
          this.#value(
            { name: one.id.name, node: at },
            one.init ?? null,
            isUsing,
          );
        } else this.#pattern(node, one, at);
      }
    }
  }

  /** A name and its one value. */
  #value(
    { name, node }: Declared,
    value: ESTree.Node | null,
    isUsing = false,
  ): void {
    if (
      value?.type === "ClassDeclaration" || value?.type === "ClassExpression"
    ) {
      return this.#class(name, value);
    }
    const isFunction = value !== null && isCallable(value);
    const read = value === null ? NO_VALUE : this.#names.read(value, [name]);
    const runs = isUsing || !isFunction && !isPure(value);
    const view = observeCall(value);
    const isView = view !== undefined &&
      (onlySets(view.fn) || view.fn.type === "Identifier");
    this.#isDynamic ||= read.isDynamic;
    const start = isFunction ? "" : isUsing ? "using " : "value ";
    this.#declarations.push({
      name,
      kind: isFunction ? "function" : "variable",
      hash: hashText(`${start}${read.text}`),
      shape: shapeHash(`${start}${read.shape}`),
      refs: read.refs,
      lines: [linesOf(node)],
      uses: read.uses,
      ...(runs && { runs }),
      ...(onlySets(value) && { isSetter: true }),
      ...this.#scopeOf(value),
      ...(isView && { view: viewFacts(view.scope, view.fn) }),
    });
    if (runs) this.#place(name, node);
  }

  #class(
    name: string,
    node: ESTree.ClassDeclaration | ESTree.ClassExpression,
  ): void {
    const { declarations, isDynamic } = classPieces(node, name, this.#names);
    this.#isDynamic ||= isDynamic;
    this.#declarations.push(...declarations);
    if (declarations[0]?.runs === true) this.#place(name, node);
  }

  /** Names that take parts of one value. */
  #pattern(
    statement: ESTree.VariableDeclaration,
    one: ESTree.VariableDeclarator,
    node: ESTree.Node,
  ): void {
    const isSimple = one.id.type === "ObjectPattern" &&
      one.id.properties.every(isNamedPart);
    const runs = !isSimple || !isPure(one.init);
    for (const id of isSimple ? partsOf(one.id) : [one.id]) {
      const own = boundNames(id);
      const whole = { ...statement, declarations: [{ ...one, id }] };
      const read = this.#names.read(whole as ESTree.Node, own);
      this.#isDynamic ||= read.isDynamic;
      for (const [place, name] of own.entries()) {
        this.#declarations.push({
          name,
          kind: "variable",
          hash: hashText(`part ${place} ${read.text}`),
          shape: shapeHash(`part ${place} ${read.shape}`),
          refs: read.refs,
          lines: [linesOf(node)],
          uses: read.uses,
          ...(runs && { runs }),
        });
      }
    }
    if (runs) this.#place(boundNames(one.id).sort()[0] ?? "", node);
  }

  /** Where the code of a declaration runs among the statements. */
  #place(name: string, node: ESTree.Node): void {
    this.#statements.push({
      hash: name,
      shape: "place",
      refs: [name],
      lines: [linesOf(node)],
      uses: [],
      isPlace: true,
    });
  }

  #other(node: ESTree.Node, expression?: ESTree.Node): void {
    const read = this.#names.read(program(node));
    this.#isDynamic ||= read.isDynamic;
    const view = observeCall(expression);
    const isView = view !== undefined &&
      (onlySets(view.fn) || view.fn.type === "Identifier");
    this.#statements.push({
      hash: hashText(read.text),
      shape: shapeHash(read.shape),
      refs: read.refs,
      lines: [linesOf(node)],
      uses: read.uses,
      ...(isView && {
        name: this.#viewName(view.fn),
        view: viewFacts(view.scope, view.fn),
      }),
    });
  }

  #viewName(fn: ESTree.Node): string {
    if (fn.type === "Identifier") return fn.name;
    const name = fn.type === "FunctionExpression" ? fn.id?.name : undefined;
    if (name === undefined) return `observe ${++this.#unnamed}`;
    return this.#isKnown(name) ? `observe ${name}` : name;
  }

  /** `new Scope(…)` and `new MultiScope(…)` of an import. */
  #scopeOf(
    value: ESTree.Node | null,
  ): Pick<DeclarationFacts, "scopeOf"> | undefined {
    if (value?.type !== "NewExpression") return undefined;
    const { callee } = value;
    const [local, member] = callee.type === "MemberExpression" &&
        callee.object.type === "Identifier" &&
        callee.property.type === "Identifier"
      ? [callee.object.name, callee.property.name]
      : callee.type === "Identifier"
      ? [callee.name]
      : [];
    const found = this.#imports.get(local ?? "");
    const name = found?.name === "*" ? member : found?.name;
    return found !== undefined && /^(?:Multi)?Scope$/.test(name ?? "")
      ? { scopeOf: found.specifier }
      : undefined;
  }
}

/** A variable that is declared without a value. */
const NO_VALUE: Hashed = {
  text: "undefined",
  shape: "undefined",
  refs: [],
  uses: [],
  isDynamic: false,
};

/** Whether a part of a pattern is `a` or `a: b`: taking it has no effect, and others do not matter to it. */
function isNamedPart(node: ESTree.Node): boolean {
  return node.type === "Property" && !node.computed &&
    node.value.type === "Identifier";
}

/** A pattern for each property of a pattern. */
function partsOf(pattern: ESTree.Node): ESTree.Node[] {
  const { properties } = pattern as ESTree.ObjectPattern;
  return properties.map((one) =>
    ({ ...pattern, properties: [one] }) as ESTree.Node
  );
}

function viewFacts(scope: string, fn: ESTree.Node) {
  return fn.type === "Identifier" ? { scope, target: fn.name } : { scope };
}

function isCallable(node: ESTree.Node): boolean {
  return node.type === "FunctionDeclaration" ||
    node.type === "FunctionExpression" ||
    node.type === "ArrowFunctionExpression";
}

/** Whether a file may be other than an ECMAScript module. */
function isScript({ body }: ESTree.Program, form: Form): boolean {
  if (form === "cjs" || form === "cts") return true;
  return form === "js" && !body.some((one) => /^(?:Im|Ex)port/.test(one.type));
}

/** The name of an import or export: an identifier, or a string. */
function moduleName(node: ESTree.Node): string {
  return node.type === "Identifier"
    ? node.name
    : String((node as ESTree.Literal).value);
}

function declaredNames(node: ESTree.Node): string[] {
  switch (node.type) {
    case "ExportNamedDeclaration":
    case "ExportDefaultDeclaration":
      return node.declaration ? declaredNames(node.declaration) : [];
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return node.id ? [node.id.name] : [];
    case "VariableDeclaration":
      return node.declarations.flatMap((one) => boundNames(one.id));
    default:
      return [];
  }
}

function program(statement: ESTree.Node): ESTree.Node {
  return {
    type: "Program",
    sourceType: "module",
    body: [statement],
  } as ESTree.Node;
}

/** Pieces of one name are one: a getter and its setter, a variable that is declared twice. */
function merge(pieces: readonly DeclarationFacts[]): DeclarationFacts[] {
  const merged = new Map<string, DeclarationFacts>();
  for (const one of pieces) {
    const known = merged.get(one.name);
    merged.set(
      one.name,
      known === undefined ? one : {
        ...known,
        ...one,
        hash: hashText(`${known.hash} ${one.hash}`),
        shape: shapeHash(`${known.shape} ${one.shape}`),
        refs: [...known.refs, ...one.refs],
        lines: [...known.lines, ...one.lines],
        uses: [...new Set([...known.uses, ...one.uses])],
      },
    );
  }
  return [...merged.values()];
}

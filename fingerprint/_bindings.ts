/** Which name means what: scopes, assignments, and who uses `this`, over one syntax tree. */
import type { ESTree } from "meriyah";
import { boundNames, childNodes, lexicalNames, varNames } from "./_names.ts";

/** One variable, parameter, function or class of the tree. */
export interface Binding {
  readonly name: string;
  /** Whether some code assigns to it after its declaration. */
  assigned: boolean;
  /** Whether the name matters, so that it may not be renamed. */
  kept: boolean;
  /** Whether anything refers to it. */
  used: boolean;
}

/** A function, or a class. */
export type Callable =
  | ESTree.FunctionDeclaration
  | ESTree.FunctionExpression
  | ESTree.ArrowFunctionExpression;
export type Class = ESTree.ClassDeclaration | ESTree.ClassExpression;

/** What {@linkcode findBindings} found. */
export interface Bindings {
  /** What each identifier refers to or declares; free names are not in it. */
  readonly of: Map<ESTree.Node, Binding>;
  /** The names by which functions and classes know themselves, where they use them. */
  readonly self: Map<ESTree.Node, Binding>;
  /** Functions that use `this`, `arguments`, `new.target` or `super`. */
  readonly receivers: Set<ESTree.Node>;
  /** Body variables that start with the value of the parameter of the same name. */
  readonly copies: Map<ESTree.Node, [Binding, Binding][]>;
  /** Exported names that a bundler reads from more than one import object, or that are free too. */
  readonly ambiguousImports: Set<string>;
  /** Whether a direct `eval` or a `with` can see the names. */
  dynamic: boolean;
}

/** The import objects of vite-node and Vitest. */
export const VITE_IMPORT: RegExp = /^__(?:vi|vite_ssr)_import_\d+__$/;

interface Scope {
  readonly parent: Scope | undefined;
  readonly names: Map<string, Binding>;
}

interface Frame {
  readonly node: ESTree.Node;
  readonly arrow: boolean;
  readonly parent: Frame | undefined;
}

class Finder {
  readonly found: Bindings = {
    of: new Map(),
    self: new Map(),
    receivers: new Set(),
    copies: new Map(),
    ambiguousImports: new Set(),
    dynamic: false,
  };
  readonly #blockFunctions: Binding[] = [];
  readonly #names = new Map<string, number>();
  readonly #free = new Set<string>();
  readonly #imports = new Map<string, string>();
  #scope: Scope = { parent: undefined, names: new Map() };
  #frame: Frame | undefined;

  /** A root that is a declaration: only the function itself can see its name. */
  root(node: ESTree.Node): void {
    if (node.type === "FunctionDeclaration") this.#function(node, true);
    else if (node.type === "ClassDeclaration") this.#class(node);
    else this.#visit(node);
    this.#finish();
  }

  #finish(): void {
    // In sloppy code, a function in a block is also a variable of the function around it. Where
    // its name occurs elsewhere, the name decides what that occurrence means.
    for (const binding of this.#blockFunctions) {
      const elsewhere = (this.#names.get(binding.name) ?? 0) > 1;
      if (elsewhere || this.#free.has(binding.name)) binding.kept = true;
    }
    for (const name of this.#imports.keys()) {
      if (this.#free.has(name)) this.found.ambiguousImports.add(name);
    }
  }

  #declare(name: string): Binding {
    const known = this.#scope.names.get(name);
    if (known !== undefined) return known;
    // `arguments` as a variable starts with the arguments object: its name decides its value.
    const kept = name === "arguments";
    const binding = { name, assigned: false, kept, used: false };
    this.#scope.names.set(name, binding);
    this.#names.set(name, (this.#names.get(name) ?? 0) + 1);
    return binding;
  }

  #lookup(name: string): Binding | undefined {
    let scope: Scope | undefined = this.#scope;
    while (scope !== undefined) {
      const binding = scope.names.get(name);
      if (binding !== undefined) return binding;
      scope = scope.parent;
    }
    return undefined;
  }

  #within(work: () => void): void {
    const parent = this.#scope;
    this.#scope = { parent, names: new Map() };
    work();
    this.#scope = parent;
  }

  #framed(node: ESTree.Node, arrow: boolean, work: () => void): void {
    const parent = this.#frame;
    this.#frame = { node, arrow, parent };
    work();
    this.#frame = parent;
  }

  #markReceiver(): void {
    for (let frame = this.#frame; frame !== undefined; frame = frame.parent) {
      this.found.receivers.add(frame.node);
      if (!frame.arrow) return;
    }
  }

  #refer(node: ESTree.Identifier): Binding | undefined {
    const binding = this.#lookup(node.name);
    if (node.name === "arguments") this.#markReceiver();
    if (binding === undefined) this.#free.add(node.name);
    else {
      binding.used = true;
      this.found.of.set(node, binding);
    }
    return binding;
  }

  #visitAll(nodes: readonly (ESTree.Node | null | undefined)[]): void {
    for (const node of nodes) if (node) this.#visit(node);
  }

  #visit(node: ESTree.Node): void {
    switch (node.type) {
      case "Identifier":
        this.#refer(node);
        return;
      case "ThisExpression":
      case "Super":
        this.#markReceiver();
        return;
      case "MetaProperty":
        if (node.meta.name === "new") this.#markReceiver();
        return;
      case "FunctionExpression":
      case "FunctionDeclaration":
      case "ArrowFunctionExpression":
        if (node.type === "FunctionDeclaration" && node.id) {
          this.#refer(node.id);
        }
        this.#function(node, node.type === "FunctionExpression");
        return;
      case "ClassExpression":
      case "ClassDeclaration":
        if (node.type === "ClassDeclaration" && node.id) this.#refer(node.id);
        this.#class(node);
        return;
      case "MemberExpression":
        this.#member(node);
        return;
      case "Property":
        if (node.computed) this.#visit(node.key);
        this.#visit(node.value);
        return;
      case "CallExpression":
        if (
          node.callee.type === "Identifier" && node.callee.name === "eval" &&
          !node.optional
        ) this.#makeDynamic();
        this.#visit(node.callee);
        this.#visitAll(node.arguments);
        return;
      case "AssignmentExpression":
        this.#pattern(node.left, true);
        this.#visit(node.right);
        return;
      case "UpdateExpression":
        this.#pattern(node.argument, true);
        return;
      default:
        this.#visitStatement(node);
    }
  }

  #visitStatement(node: ESTree.Node): void {
    switch (node.type) {
      case "VariableDeclaration":
        for (const one of node.declarations) {
          this.#pattern(one.id, false);
          if (one.init) this.#visit(one.init);
        }
        return;
      case "BlockStatement":
        this.#within(() => this.#block(node.body));
        return;
      case "ForStatement":
        this.#within(() => {
          if (node.init) this.#declareHead(node.init);
          this.#visitAll([node.init, node.test, node.update, node.body]);
        });
        return;
      case "ForInStatement":
      case "ForOfStatement":
        this.#within(() => this.#forEach(node));
        return;
      case "SwitchStatement":
        this.#visit(node.discriminant);
        this.#within(() => this.#cases(node.cases));
        return;
      case "CatchClause":
        this.#within(() => this.#catch(node));
        return;
      case "LabeledStatement":
        this.#visit(node.body);
        return;
      case "BreakStatement":
      case "ContinueStatement":
        return;
      case "WithStatement":
        this.#makeDynamic();
        this.#visitAll([node.object, node.body]);
        return;
      default:
        this.#visitAll(childNodes(node));
    }
  }

  #forEach(node: ESTree.ForInStatement | ESTree.ForOfStatement): void {
    this.#declareHead(node.left);
    if (node.left.type === "VariableDeclaration") this.#visit(node.left);
    else this.#pattern(node.left, true);
    this.#visitAll([node.right, node.body]);
  }

  #cases(cases: readonly ESTree.SwitchCase[]): void {
    this.#hoist(cases.flatMap((one) => one.consequent), true);
    for (const one of cases) this.#visitAll([one.test, ...one.consequent]);
  }

  #catch(node: ESTree.CatchClause): void {
    if (node.param) {
      for (const name of boundNames(node.param)) this.#declare(name);
      this.#pattern(node.param, false);
    }
    this.#visit(node.body);
  }

  /** Evaluated code can see and use everything that the function can. */
  #makeDynamic(): void {
    this.found.dynamic = true;
    this.#markReceiver();
  }

  #member(node: ESTree.MemberExpression): void {
    if (node.computed) {
      this.#visit(node.object);
      this.#visit(node.property);
      return;
    }
    const { object, property } = node;
    if (
      object.type === "Identifier" && VITE_IMPORT.test(object.name) &&
      property.type === "Identifier" && this.#lookup(object.name) === undefined
    ) {
      const known = this.#imports.get(property.name);
      if (known !== undefined && known !== object.name) {
        this.found.ambiguousImports.add(property.name);
      }
      this.#imports.set(property.name, object.name);
    }
    this.#visit(object);
  }

  #declareHead(node: ESTree.Node): void {
    if (node.type !== "VariableDeclaration" || node.kind === "var") return;
    for (const one of node.declarations) {
      for (const name of boundNames(one.id)) this.#declare(name);
    }
  }

  #hoist(statements: readonly ESTree.Node[], block: boolean): void {
    for (const { name, isFunction } of lexicalNames(statements)) {
      const binding = this.#declare(name);
      if (block && isFunction) this.#blockFunctions.push(binding);
    }
  }

  #block(statements: readonly ESTree.Node[]): void {
    this.#hoist(statements, true);
    this.#visitAll(statements);
  }

  #pattern(node: ESTree.Node, assigned: boolean): void {
    switch (node.type) {
      case "Identifier": {
        const binding = this.#refer(node);
        if (binding !== undefined && assigned) binding.assigned = true;
        return;
      }
      case "ObjectPattern":
        for (const one of node.properties) this.#pattern(one, assigned);
        return;
      case "Property":
        if (node.computed) this.#visit(node.key);
        this.#pattern(node.value, assigned);
        return;
      case "ArrayPattern":
        for (const one of node.elements) if (one) this.#pattern(one, assigned);
        return;
      case "RestElement":
        this.#pattern(node.argument, assigned);
        return;
      case "AssignmentPattern":
        this.#pattern(node.left, assigned);
        if (node.right) this.#visit(node.right);
        return;
      default:
        this.#visit(node);
    }
  }

  #function(node: Callable, ownName: boolean): void {
    this.#within(() => {
      const id = node.type === "ArrowFunctionExpression" ? null : node.id;
      if (ownName && id) this.found.self.set(node, this.#declare(id.name));
      const arrow = node.type === "ArrowFunctionExpression";
      this.#framed(node, arrow, () => this.#within(() => this.#inside(node)));
    });
  }

  #inside(node: Callable): void {
    for (const one of node.params) {
      for (const name of boundNames(one)) this.#declare(name);
    }
    for (const one of node.params) this.#pattern(one, false);
    if (!node.body) return;
    if (node.body.type !== "BlockStatement") {
      this.#visit(node.body);
      return;
    }
    const statements = node.body.body;
    const parameters = this.#scope.names;
    this.#within(() => {
      this.#declareVars(node, statements, parameters);
      this.#hoist(statements, false);
      this.#visitAll(statements);
    });
  }

  /** With defaults among the parameters, the body has variables of its own (ECMA-262, 10.2.11). */
  #declareVars(
    node: Callable,
    statements: readonly ESTree.Node[],
    parameters: Map<string, Binding>,
  ): void {
    const simple = node.params.every((one) => one.type === "Identifier");
    for (const name of varNames(statements)) {
      const parameter = parameters.get(name);
      if (parameter === undefined) this.#declare(name);
      else if (simple) this.#scope.names.set(name, parameter);
      else {
        const copies = this.found.copies.get(node) ?? [];
        if (!this.#scope.names.has(name)) {
          copies.push([this.#declare(name), parameter]);
        }
        this.found.copies.set(node, copies);
      }
    }
    if (!simple) return;
    for (const { name, isFunction } of lexicalNames(statements)) {
      const parameter = parameters.get(name);
      if (isFunction && parameter) this.#scope.names.set(name, parameter);
    }
  }

  #class(node: Class): void {
    this.#within(() => {
      if (node.id) this.found.self.set(node, this.#declare(node.id.name));
      this.#visitAll(node.decorators ?? []);
      if (node.superClass) this.#visit(node.superClass);
      for (const member of node.body.body) this.#classMember(member);
    });
  }

  #classMember(member: ESTree.Node): void {
    switch (member.type) {
      case "StaticBlock":
        this.#framed(member, false, () =>
          this.#within(() => {
            for (const name of varNames(member.body)) this.#declare(name);
            this.#hoist(member.body, false);
            this.#visitAll(member.body);
          }));
        return;
      case "MethodDefinition":
      case "PropertyDefinition":
      case "AccessorProperty":
        this.#visitAll(member.decorators ?? []);
        if (member.computed && member.key) this.#visit(member.key);
        if (member.type === "MethodDefinition") this.#visit(member.value);
        else if (member.value) this.#initializer(member.value);
        return;
      default:
        this.#visit(member);
    }
  }

  /** A field's initializer runs as a method: its `this` is not the one around the class. */
  #initializer(value: ESTree.Node): void {
    this.#framed(value, false, () => this.#visit(value));
  }
}

/**
 * Resolves every name of a tree.
 *
 * @param root A function, class, statement or expression.
 * @returns what was found.
 */
export function findBindings(root: ESTree.Node): Bindings {
  const finder = new Finder();
  finder.root(root);
  return finder.found;
}

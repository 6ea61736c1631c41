/** From the syntax tree to the canonical tree: expressions, patterns and functions. */
import type { ESTree } from "meriyah";
import { type Callable, type Class, findBindings } from "./_bindings.ts";
import { isHelperCall, viteImport } from "./_bundlers.ts";
import { lowerClass } from "./_lower_class.ts";
import { lowerObject, lowerObjectPattern } from "./_lower_object.ts";
import { lowerBody, lowerStatements } from "./_lower_statement.ts";
import { lowerLiteral, lowerTagged, lowerTemplate } from "./_lower_text.ts";
import { type DeclarationNumber, type FreeName, Namer } from "./_namer.ts";
import { isText, NOTHING, quote, type Term, unquote } from "./_term.ts";

/** How the text of a callable was written; it matters only where `this` and the like are used. */
export type Role = "function" | "arrow" | "method";

/** A node outside of the whitelist: what it means is not known, so there is no fingerprint. */
export class UnknownSyntaxError extends SyntaxError {
  override readonly name: string = "UnknownSyntaxError";
}

interface LoweringOptions {
  readonly sloppy?: boolean | undefined;
  readonly declaration?: DeclarationNumber | undefined;
  readonly rename?: FreeName | undefined;
}

/** Turns the nodes of one tree into terms. */
export class Lowering {
  readonly namer: Namer;
  /** Whether the code around is not strict, so that a `"use strict"` in it makes a difference. */
  readonly sloppy: boolean;

  constructor(root: ESTree.Node, options: LoweringOptions = {}) {
    const { declaration, rename } = options;
    this.namer = new Namer(findBindings(root), declaration, rename);
    this.sloppy = options.sloppy ?? false;
  }

  unknown(node: ESTree.Node): never {
    throw new UnknownSyntaxError(`its syntax is unknown here (${node.type})`);
  }

  all(nodes: readonly ESTree.Node[]): Term[] {
    return nodes.map((node) => this.expression(node));
  }

  expression(node: ESTree.Node): Term {
    switch (node.type) {
      case "Identifier":
        return viteImport(node, this.namer) ?? this.namer.identifier(node);
      case "PrivateIdentifier":
        return this.namer.privateName(node.name);
      case "Literal":
        return lowerLiteral(node);
      case "TemplateLiteral":
        return lowerTemplate(node, this);
      case "TaggedTemplateExpression":
        return lowerTagged(node, this);
      case "ThisExpression":
        return "this";
      case "Super":
        return "super";
      case "MetaProperty":
        return `${node.meta.name}.${node.property.name}`;
      case "FunctionExpression":
        return this.callable(node, "function");
      case "ArrowFunctionExpression":
        return this.callable(node, "arrow");
      case "ClassExpression":
        return this.class(node);
      case "ObjectExpression":
        return lowerObject(node, this);
      case "ArrayExpression":
        return [
          "array",
          ...node.elements.map((one) => one ? this.expression(one) : NOTHING),
        ];
      case "SpreadElement":
        return ["...", this.expression(node.argument)];
      case "ParenthesizedExpression":
        return this.expression(node.expression);
      default:
        return this.#operation(node);
    }
  }

  #operation(node: ESTree.Node): Term {
    switch (node.type) {
      case "UnaryExpression":
        return this.#unary(node);
      case "UpdateExpression":
        return [
          (node.prefix ? "pre" : "post") + node.operator,
          this.expression(node.argument),
        ];
      case "BinaryExpression":
        return this.#binary(node);
      case "LogicalExpression":
        return [
          node.operator,
          this.expression(node.left),
          this.expression(node.right),
        ];
      case "AssignmentExpression":
        return [
          node.operator,
          this.pattern(node.left),
          this.expression(node.right),
        ];
      case "ConditionalExpression":
        return [
          "?:",
          this.expression(node.test),
          this.expression(node.consequent),
          this.expression(node.alternate),
        ];
      case "SequenceExpression":
        return viteImport(node, this.namer) ??
          [",", ...this.all(node.expressions)];
      case "YieldExpression":
        return [
          node.delegate ? "yield*" : "yield",
          node.argument ? this.expression(node.argument) : NOTHING,
        ];
      case "AwaitExpression":
        return ["await", this.expression(node.argument)];
      default:
        return this.#access(node);
    }
  }

  #access(node: ESTree.Node): Term {
    switch (node.type) {
      case "MemberExpression":
        return viteImport(node, this.namer) ?? this.#member(node);
      case "CallExpression":
        return this.#call(node);
      case "NewExpression":
        return [
          "new",
          this.expression(node.callee),
          ...this.all(node.arguments),
        ];
      case "ChainExpression":
        return ["chain", this.expression(node.expression)];
      case "ImportExpression":
        return [
          node.phase ? `import.${node.phase}` : "import",
          this.expression(node.source),
          ...(node.options ? [this.expression(node.options)] : []),
        ];
      default:
        return this.unknown(node);
    }
  }

  #unary(node: ESTree.UnaryExpression): Term {
    const inner = this.expression(node.argument);
    const constant = node.argument.type === "Literal" &&
      typeof node.argument.value === "number";
    if (constant && node.operator === "!") {
      if (inner === "0") return "true";
      if (inner === "1") return "false";
    }
    if (constant && node.operator === "void" && inner === "0") {
      return "undefined";
    }
    // `delete undefined` is about the variable, `delete void 0` about a value.
    if (node.operator === "delete" && node.argument.type === "Identifier") {
      if (inner === "undefined") return ["delete", "=undefined"];
    }
    const sign = node.operator === "-" || node.operator === "+";
    return [sign ? "u" + node.operator : node.operator, inner];
  }

  #binary(node: ESTree.BinaryExpression): Term {
    const left = this.expression(node.left);
    const right = this.expression(node.right);
    if (node.operator === "+") {
      if (isText(left) && isText(right)) return join(left, right);
      // `x + "a" + "b"`: what has met a string is one, so the order of joining does not matter.
      if (
        isText(right) && Array.isArray(left) && left[0] === "+" &&
        isText(left[2])
      ) return ["+", left[1]!, join(left[2], right)];
      if (
        isText(left) && Array.isArray(right) && right[0] === "+" &&
        isText(right[1])
      ) return ["+", join(left, right[1]), right[2]!];
    }
    return [node.operator, left, right];
  }

  #member(node: ESTree.MemberExpression): Term {
    const object = this.expression(node.object);
    const optional = node.optional ? "?." : "";
    const { property } = node;
    if (!node.computed) {
      const name = property.type === "PrivateIdentifier"
        ? this.namer.privateName(property.name)
        : quote((property as ESTree.Identifier).name);
      return [optional || ".", object, name];
    }
    const key = this.expression(property);
    const constant = constantKey(key);
    return constant === undefined
      ? [optional + "[]", object, key]
      : [optional || ".", object, constant];
  }

  #call(node: ESTree.CallExpression): Term {
    if (isHelperCall(node, this.namer)) {
      return this.expression(node.arguments[0]!);
    }
    if (
      node.callee.type === "Identifier" && !node.optional &&
      this.namer.bindings.of.get(node.callee) === undefined
    ) {
      if (/^__(?:vi|vite_ssr)_dynamic_import__$/.test(node.callee.name)) {
        return ["import", ...this.all(node.arguments)];
      }
    }
    return [
      node.optional ? "?.call" : "call",
      this.expression(node.callee),
      ...this.all(node.arguments),
    ];
  }

  /** A target of an assignment, or what a declaration or a parameter binds. */
  pattern(node: ESTree.Node): Term {
    switch (node.type) {
      case "ObjectPattern":
        return lowerObjectPattern(node, this);
      case "ArrayPattern":
        return [
          "array-pattern",
          ...node.elements.map((one) => one ? this.pattern(one) : NOTHING),
        ];
      case "RestElement":
        return ["...", this.pattern(node.argument)];
      case "AssignmentPattern":
        if (!node.right) return this.unknown(node);
        return [
          "default",
          this.pattern(node.left),
          this.expression(node.right),
        ];
      default:
        return this.expression(node);
    }
  }

  /** The key of a property or member: constant ones are strings, whatever their spelling. */
  key(node: ESTree.Node, computed: boolean): Term {
    if (!computed && node.type === "Identifier") return quote(node.name);
    if (node.type === "PrivateIdentifier") {
      return this.namer.privateName(node.name);
    }
    const term = this.expression(node);
    return constantKey(term) ?? ["computed", term];
  }

  callable(node: Callable, role: Role): Term {
    const { bindings } = this.namer;
    const all: string[] = [];
    if (bindings.receivers.has(node) || bindings.dynamic) all.push(role);
    if (node.async) all.push("async");
    if (node.generator) all.push("generator");
    const self = this.namer.self(node);
    return [
      "fn",
      all.length === 0 ? NOTHING : all.join("+"),
      self ?? NOTHING,
      ["params", ...node.params.map((one) => this.pattern(one))],
      ...lowerBody(node, this),
    ];
  }

  class(node: Class): Term {
    return lowerClass(node, this);
  }

  /** The node that the tree is about; a declaration is what it declares, without the name. */
  root(node: ESTree.Node, role: "function" | "method"): Term {
    switch (node.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
        return this.callable(node, role);
      case "ClassDeclaration":
        return this.class(node);
      case "Program":
        return ["statements", ...lowerStatements(node.body, this)];
      default:
        return isStatement(node)
          ? ["statements", ...lowerStatements([node], this)]
          : this.expression(node);
    }
  }
}

function isStatement(node: ESTree.Node): boolean {
  return node.type.endsWith("Statement") || node.type === "VariableDeclaration";
}

function join(left: string, right: string): string {
  return quote(unquote(left) + unquote(right));
}

/** Strings, numbers and bigints name properties by their text. */
function constantKey(term: Term): string | undefined {
  if (typeof term !== "string") return undefined;
  if (isText(term)) return term;
  if (!/^[0-9I]/.test(term)) return undefined;
  return quote(term.endsWith("n") ? term.slice(0, -1) : term);
}

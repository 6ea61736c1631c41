/** Removes types from a tree of Babel, and writes what is more than a type as JavaScript. */
import type { ESTree } from "meriyah";
import { lowerJsx } from "./_jsx.ts";

/** A node of either parser. */
export interface AnyNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Properties that hold types, or say something to the type checker alone. */
const TYPE_KEYS = new Set(
  ("typeAnnotation returnType typeParameters typeArguments superTypeParameters " +
    "superTypeArguments implements predicate").split(" "),
);

/** Statements and members that are types alone. */
const TYPE_NODES = new Set(
  ("TSInterfaceDeclaration TSTypeAliasDeclaration TSDeclareFunction TSDeclareMethod TSIndexSignature " +
    "TSAbstractMethodDefinition TSAbstractPropertyDefinition TSAbstractAccessorProperty TSNamespaceExportDeclaration " +
    "TSAbstractClassProperty TSAbstractClassMethod")
    .split(" "),
);

/** Expressions around another one. */
const WRAPPERS = new Set(
  ("TSAsExpression TSSatisfiesExpression TSNonNullExpression TSTypeAssertion " +
    "TSInstantiationExpression ParenthesizedExpression").split(" "),
);

/**
 * Removes the types of a tree.
 *
 * @param node The tree.
 * @returns the tree without types; nodes are copied where they change.
 */
export function eraseTypes(node: ESTree.Node): ESTree.Node {
  return erase(node as unknown as AnyNode) as unknown as ESTree.Node;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null &&
    typeof (value as { type?: unknown }).type === "string";
}

function erase(node: AnyNode): AnyNode {
  if (WRAPPERS.has(node.type)) return erase(node.expression as AnyNode);
  switch (node.type) {
    case "TSEnumDeclaration":
      return eraseEnum(node);
    case "TSModuleDeclaration":
      return eraseNamespace(node);
    case "TSImportEqualsDeclaration":
      return eraseImportEquals(node);
    case "TSExportAssignment":
      return eraseExportAssignment(node);
    case "TSParameterProperty":
      return erase(node.parameter as AnyNode);
    case "JSXElement":
    case "JSXFragment":
      return erase(lowerJsx(node));
    case "MethodDefinition":
      return copy(withParameterDecorators(node));
    default:
      return copy(withParameterProperties(node));
  }
}

/** Copies a node without its types. */
function copy(node: AnyNode): AnyNode {
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (TYPE_KEYS.has(key)) continue;
    if (key === "decorators" && !DECORATED.has(node.type)) continue;
    if (Array.isArray(value)) made[key] = eraseList(value);
    else if (isNode(value)) made[key] = isErased(value) ? null : erase(value);
    else made[key] = value;
  }
  return made as AnyNode;
}

const DECORATED = new Set(
  "ClassDeclaration ClassExpression MethodDefinition PropertyDefinition AccessorProperty"
    .split(" "),
);

function eraseList(list: readonly unknown[]): unknown[] {
  return list.flatMap((one) => {
    if (!isNode(one)) return [one];
    // A parameter `this` is a type.
    const isThis = one.type === "Identifier" && one.name === "this";
    return isThis || isErased(one) ? [] : [erase(one)];
  });
}

/** Whether a node is a type alone. */
function isErased(node: AnyNode): boolean {
  if (TYPE_NODES.has(node.type) || node.declare === true) return true;
  switch (node.type) {
    case "MethodDefinition":
      return isBodiless(node.value);
    case "PropertyDefinition":
    case "AccessorProperty":
      return node.abstract === true;
    case "ImportSpecifier":
    case "ImportDeclaration":
    case "TSImportEqualsDeclaration":
      return node.importKind === "type" || node.importKind === "typeof";
    case "ExportSpecifier":
    case "ExportAllDeclaration":
      return node.exportKind === "type";
    case "ExportNamedDeclaration":
      return node.exportKind === "type" ||
        isNode(node.declaration) && isErased(node.declaration);
    case "ExportDefaultDeclaration":
      return isNode(node.declaration) && isErased(node.declaration);
    case "TSModuleDeclaration":
      return !hasValues(node);
    default:
      return false;
  }
}

function isBodiless(value: unknown): boolean {
  return isNode(value) && (value.type === "TSEmptyBodyFunctionExpression" ||
    value.type === "FunctionExpression" && !value.body);
}

/** Whether a namespace holds more than types. */
function hasValues(node: AnyNode): boolean {
  const { body } = node;
  if (!isNode(body)) return false;
  return body.type === "TSModuleDeclaration"
    ? hasValues(body)
    : nodesIn(body.body).some((one) => !isErased(one));
}

function nodesIn(list: unknown): AnyNode[] {
  return Array.isArray(list) ? list.filter(isNode) : [];
}

/** `enum A { X = 1 }` as `var A = enum("enum", ["X", 1])`: no function has the name `enum`. */
function eraseEnum(node: AnyNode): AnyNode {
  const body = isNode(node.body) ? node.body.members : node.members;
  const members = nodesIn(body).map((one) => {
    const id = one.id as AnyNode;
    const key = literal(String(id.type === "Literal" ? id.value : id.name));
    const value = isNode(one.initializer) ? erase(one.initializer) : undefined;
    return array(value === undefined ? [key] : [key, value]);
  });
  return variable(node, node.id as AnyNode, made("enum", members));
}

/** `namespace N { … }` as `var N = enum("namespace", function () { … })`. */
function eraseNamespace(node: AnyNode): AnyNode {
  const { body } = node;
  const inner = isNode(body) && body.type === "TSModuleDeclaration"
    ? exported(eraseNamespace(body))
    : nodesIn((body as AnyNode).body).filter((one) => !isErased(one))
      .flatMap((one) =>
        one.type === "ExportNamedDeclaration" && isNode(one.declaration)
          ? exported(erase(one.declaration))
          : [erase(one)]
      );
  const fn = {
    type: "FunctionExpression",
    id: null,
    params: [],
    async: false,
    generator: false,
    body: { type: "BlockStatement", body: inner },
  };
  return variable(node, node.id as AnyNode, made("namespace", [fn]));
}

/** A declaration in a namespace, and a statement that says that it is exported. */
function exported(node: AnyNode): AnyNode[] {
  return [node, statement(made("export", []), node)];
}

function eraseImportEquals(node: AnyNode): AnyNode {
  const reference = node.moduleReference as AnyNode;
  const value = reference.type === "TSExternalModuleReference"
    ? call(identifier("require"), [reference.expression as AnyNode])
    : qualified(reference);
  const declared = variable(node, node.id as AnyNode, value, "const");
  return node.isExport === true
    ? {
      type: "ExportNamedDeclaration",
      declaration: declared,
      specifiers: [],
      source: null,
      loc: node.loc,
    }
    : declared;
}

function qualified(name: AnyNode): AnyNode {
  if (name.type !== "TSQualifiedName") return identifier(String(name.name));
  return member(
    qualified(name.left as AnyNode),
    String((name.right as AnyNode).name),
  );
}

function eraseExportAssignment(node: AnyNode): AnyNode {
  return statement({
    type: "AssignmentExpression",
    operator: "=",
    left: member(identifier("module"), "exports"),
    right: erase(node.expression as AnyNode),
  }, node);
}

/** A parameter that is a property is assigned at the start of the body, but after `super()`. */
function withParameterProperties(node: AnyNode): AnyNode {
  const names = nodesIn(node.params)
    .filter((one) => one.type === "TSParameterProperty").map(propertyName);
  const body = node.body as AnyNode | undefined;
  if (names.length === 0 || !body) return node;
  const statements = nodesIn(body.body);
  const start = statements.findIndex(isSuperCall) + 1;
  const assigned = names.map((name) =>
    statement({
      type: "AssignmentExpression",
      operator: "=",
      left: member({ type: "ThisExpression" }, name),
      right: identifier(name),
    }, body)
  );
  return {
    ...node,
    body: { ...body, body: statements.toSpliced(start, 0, ...assigned) },
  };
}

function propertyName({ parameter }: AnyNode): string {
  const one = parameter as AnyNode;
  const target = one.type === "AssignmentPattern" ? one.left as AnyNode : one;
  return String(target.name);
}

function isSuperCall(node: AnyNode): boolean {
  const { expression } = node;
  return isNode(expression) && expression.type === "CallExpression" &&
    isNode(expression.callee) && expression.callee.type === "Super";
}

/** The decorators of parameters, as decorators of the method with the parameter's place. */
function withParameterDecorators(node: AnyNode): AnyNode {
  const params = isNode(node.value) ? nodesIn(node.value.params) : [];
  const moved = params.flatMap((param, place) =>
    nodesIn(param.decorators).map((one) => ({
      ...one,
      expression: array([literal(place), one.expression as AnyNode]),
    }))
  );
  return moved.length === 0
    ? node
    : { ...node, decorators: [...nodesIn(node.decorators), ...moved] };
}

function identifier(name: string): AnyNode {
  return { type: "Identifier", name };
}

function literal(value: string | number): AnyNode {
  return { type: "Literal", value, raw: JSON.stringify(value) };
}

function array(elements: readonly AnyNode[]): AnyNode {
  return { type: "ArrayExpression", elements };
}

function member(object: AnyNode, name: string): AnyNode {
  const property = identifier(name);
  return { type: "MemberExpression", object, property, computed: false };
}

function call(callee: AnyNode, args: readonly AnyNode[]): AnyNode {
  return { type: "CallExpression", callee, arguments: args };
}

function made(what: string, args: readonly AnyNode[]): AnyNode {
  return call(identifier("enum"), [literal(what), ...args]);
}

function statement(expression: AnyNode, { loc }: AnyNode): AnyNode {
  return { type: "ExpressionStatement", expression, loc };
}

function variable(
  { loc }: AnyNode,
  id: AnyNode,
  init: AnyNode,
  kind = "var",
): AnyNode {
  const declarator = { type: "VariableDeclarator", id: copy(id), init, loc };
  return { type: "VariableDeclaration", kind, declarations: [declarator], loc };
}

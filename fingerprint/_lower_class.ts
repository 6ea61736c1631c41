/** Classes. */
import type { ESTree } from "meriyah";
import type { Class } from "./_bindings.ts";
import { isHelperBlock } from "./_bundlers.ts";
import type { Lowering } from "./_lower.ts";
import { lowerStatements } from "./_lower_statement.ts";
import { NOTHING, type Term } from "./_term.ts";

function decorators(
  node: { decorators?: ESTree.Decorator[] },
  lowering: Lowering,
): Term[] {
  return (node.decorators ?? []).map((one): Term => [
    "decorator",
    lowering.expression(one.expression),
  ]);
}

function lowerMethod(node: ESTree.MethodDefinition, lowering: Lowering): Term {
  if (!node.key) return lowering.unknown(node);
  const marks = decorators(node, lowering);
  if (node.kind === "constructor") {
    return ["constructor", lowering.callable(node.value, "method"), ...marks];
  }
  return [
    (node.static ? "static-" : "") + node.kind,
    lowering.key(node.key, node.computed),
    lowering.callable(node.value, "method"),
    ...marks,
  ];
}

function lowerField(
  node: ESTree.PropertyDefinition | ESTree.AccessorProperty,
  lowering: Lowering,
): Term {
  const kind = node.type === "AccessorProperty" ? "accessor" : "field";
  const marks = decorators(node, lowering);
  return [
    (node.static ? "static-" : "") + kind,
    lowering.key(node.key, node.computed),
    node.value ? lowering.expression(node.value) : NOTHING,
    ...marks,
  ];
}

function lowerMember(node: ESTree.Node, lowering: Lowering): Term[] {
  switch (node.type) {
    case "MethodDefinition":
      return [lowerMethod(node, lowering)];
    case "PropertyDefinition":
    case "AccessorProperty":
      return [lowerField(node, lowering)];
    case "StaticBlock":
      if (isHelperBlock(node, lowering.namer)) return [];
      return [["static", ...lowerStatements(node.body, lowering)]];
    default:
      return lowering.unknown(node);
  }
}

/** A class; the order of its members counts. */
export function lowerClass(node: Class, lowering: Lowering): Term {
  const names = node.body.body.flatMap((member) =>
    "key" in member && member.key?.type === "PrivateIdentifier"
      ? [member.key.name]
      : []
  );
  const self = lowering.namer.self(node);
  const marks = decorators(node, lowering);
  const heritage = node.superClass
    ? lowering.expression(node.superClass)
    : NOTHING;
  const members = lowering.namer.classBody(
    names,
    () => node.body.body.flatMap((member) => lowerMember(member, lowering)),
  );
  return ["class", self ?? NOTHING, heritage, ...marks, ...members];
}

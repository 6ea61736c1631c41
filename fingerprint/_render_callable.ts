/** Canonical functions, classes and objects as JavaScript. */
// A circle on purpose: mutual recursion over the syntax tree.
import { renderBlock, renderKey } from "./_render.ts";
// A circle on purpose: mutual recursion over the syntax tree.
import {
  lastComma,
  renderExpression,
  renderList,
} from "./_render_expression.ts";
import { NOTHING, type Term } from "./_term.ts";

type List = readonly Term[];

/** The properties of an object, or of an object pattern. */
export function renderProperties(parts: List, indent: string): string {
  if (parts.length === 0) return "{}";
  const inner = indent + "  ";
  const texts = parts.map((one) => renderProperty(one as List, inner));
  const line = `{ ${texts.join(", ")} }`;
  if (line.length + indent.length <= 72 && !line.includes("\n")) return line;
  return `{\n${texts.map((one) => inner + one).join(",\n")}${
    lastComma(parts)
  }\n${indent}}`;
}

function renderProperty(property: List, indent: string): string {
  const [tag, key, value] = property;
  switch (tag) {
    case "...":
      return `...${renderExpression(key!, indent, 1)}`;
    case "proto":
      return `__proto__: ${renderExpression(key!, indent, 1)}`;
    case "get":
    case "set":
      return renderMethod(`${tag} ${renderKey(key!, indent)}`, value!, indent);
    default: {
      const name = key === '"__proto__"'
        ? '["__proto__"]'
        : renderKey(key!, indent);
      return isMethod(value!)
        ? renderMethod(name, value!, indent)
        : `${name}: ${renderExpression(value!, indent, 1)}`;
    }
  }
}

/** Functions and classes, and roots that are getters or setters. */
export function renderCallable(
  tag: string,
  parts: List,
  indent: string,
  name: string,
): string {
  switch (tag) {
    case "fn":
      return renderFunction(parts, indent, name);
    case "class":
      return renderClass(parts, indent, name);
    case "get":
    case "set":
    case "sloppy":
      return `/* ${tag} */ ${renderExpression(parts[0]!, indent)}`;
    default:
      return renderMemberOfClass(tag, parts, indent);
  }
}

/** Whether a function was written as a method, and uses `this` or the like. */
function isMethod(term: Term): boolean {
  return Array.isArray(term) && term[0] === "fn" &&
    String(term[1]).split("+").includes("method");
}

/** A member that is a function: its name, parameters and body. */
function renderMethod(name: string, term: Term, indent: string): string {
  const [flags, , parameters, ...body] = (term as List).slice(1);
  const words = String(flags).split("+");
  const start = (words.includes("async") ? "async " : "") +
    (words.includes("generator") ? "*" : "");
  return `${start}${name}${renderList((parameters as List).slice(1), indent)} ${
    renderBlock(body, indent)
  }`;
}

function renderFunction(parts: List, indent: string, name: string): string {
  const [flags, self, parameters, ...body] = parts;
  const words = String(flags).split("+");
  const list = renderList((parameters as List).slice(1), indent);
  const block = renderBlock(body, indent);
  const start = words.includes("async") ? "async " : "";
  if (words.includes("arrow")) return `${start}${list} => ${block}`;
  // What uses `this` or `arguments` says how it was written.
  const role = words.find((word) => word === "method" || word === "function");
  const own = self === NOTHING ? "" : renderExpression(self!, indent);
  const called = [name, own === name ? "" : own].filter((one) => one !== "")
    .join(" as ");
  return `${start}function${words.includes("generator") ? "*" : ""}${
    role === undefined ? "" : ` /* ${role} */`
  } ${called}${list} ${block}`;
}

function renderClass(parts: List, indent: string, name: string): string {
  const [self, heritage, ...members] = parts;
  const own = self === NOTHING ? "" : renderExpression(self!, indent);
  const called = [name, own].filter((one) => one !== "").join(" as ");
  const parent = heritage === NOTHING
    ? ""
    : ` extends ${renderExpression(heritage!, indent, 15)}`;
  const inner = indent + "  ";
  const show = (one: Term, at: string) =>
    renderMemberOfClass(String(one[0]), one.slice(1) as List, at);
  const isMark = (one: Term) => one[0] === "decorator";
  const marks = members.filter(isMark).map((one) => `${show(one, indent)} `);
  const lines = members.filter((one) => !isMark(one))
    .map((one) => `${inner}${show(one, inner)}\n`);
  return `${marks.join("")}class${
    called === "" ? "" : ` ${called}`
  }${parent} {\n${lines.join("")}${indent}}`;
}

function renderMemberOfClass(tag: string, parts: List, indent: string): string {
  if (tag === "constructor") {
    return renderMethod("constructor", parts[0]!, indent);
  }
  if (tag === "static") return `static ${renderBlock(parts, indent)}`;
  if (tag === "decorator") return `@${renderExpression(parts[0]!, indent)}`;
  const [key, value, ...marks] = parts;
  const before = marks.map((one) => `${renderExpression(one, indent)} `).join(
    "",
  );
  const isStatic = tag.startsWith("static-") ? "static " : "";
  const kind = tag.replace("static-", "");
  const word = kind === "field" || kind === "method" ? "" : `${kind} `;
  // The member of this name is the constructor, unless its key is computed.
  const name = key === '"constructor"'
    ? '["constructor"]'
    : renderKey(key!, indent);
  const start = before + isStatic + word;
  const text = start + name;
  if (kind === "field" || kind === "accessor") {
    return value === NOTHING
      ? `${text};`
      : `${text} = ${renderExpression(value!, indent, 1)};`;
  }
  return start + renderMethod(name, value!, indent);
}

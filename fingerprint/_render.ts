/** Canonical code for people: terms as JavaScript, so that two versions can be compared by line. */
import { NOTHING, type Term, unquote } from "./_term.ts";
// A circle on purpose: mutual recursion over the syntax tree.
import { renderExpression } from "./_render_expression.ts";

type List = readonly Term[];

/** A block's statements, indented, in braces. */
export function renderBlock(statements: List, indent: string): string {
  if (statements.length === 0) return "{}";
  const inner = indent + "  ";
  const lines = statements.map((one) => inner + renderStatement(one, inner));
  return `{\n${lines.join("\n")}\n${indent}}`;
}

function blockOf(term: Term | undefined, indent: string): string {
  return renderBlock(Array.isArray(term) ? term.slice(1) : [], indent);
}

/** A label, or what else is an atom of its own. */
function suffix(parts: List): string {
  return parts.length === 0 ? "" : ` ${String(parts[0]).replace("L@", "")}`;
}

function renderDeclaration(
  tag: string,
  parts: List,
  indent: string,
): string | undefined {
  const word = {
    const: "const",
    let: "let",
    var: "var",
    using: "using",
    "await-using": "await using",
    "const!": "const /* assigned */",
  }[tag];
  if (word === undefined) return undefined;
  const [target, value] = parts;
  const init = value === undefined
    ? ""
    : ` = ${renderExpression(value, indent, 1)}`;
  return `${word} ${renderExpression(target!, indent, 1)}${init}`;
}

function renderHead(term: Term, indent: string): string {
  if (!Array.isArray(term)) return renderExpression(term, indent, 1);
  const [tag, ...parts] = term;
  if (tag === "expr") return renderExpression(parts[0]!, indent);
  return renderDeclaration(String(tag), parts, indent) ??
    renderExpression(term, indent, 1);
}

/** What a `for` starts with: declarations of one kind share the keyword. */
function renderInit(heads: List, indent: string): string {
  const [first, ...others] = heads.map((head) => renderHead(head, indent));
  if (first === undefined) return "";
  const tags = new Set(heads.map((head) => head[0]));
  const keyword = `${first.slice(0, first.indexOf(" "))} `;
  const rest = others.map((one) =>
    tags.size === 1 ? one.replace(keyword, "") : one
  );
  return [first, ...rest].join(", ");
}

/** One statement; the first line is not indented. */
export function renderStatement(term: Term, indent: string): string {
  const [tag, ...parts] = term as List;
  const declared = renderDeclaration(String(tag), parts, indent);
  if (declared !== undefined) return declared + ";";
  const show = (part: Term | undefined) => renderExpression(part!, indent);
  switch (tag) {
    case "expr": {
      const text = show(parts[0]);
      return /^(?:\{|function|class|async function|let\b|"use strict"$)/.test(
          text,
        )
        ? `(${text});`
        : `${text};`;
    }
    case "directive":
      return `${show(parts[0])};`;
    case "return":
      return parts.length === 0 ? "return;" : `return ${show(parts[0])};`;
    case "throw":
      return `throw ${show(parts[0])};`;
    case "break":
    case "continue":
      return `${tag}${suffix(parts)};`;
    case "copy":
      return `var ${show(parts[0])} /* starts as */ = ${show(parts[1])};`;
    case "function":
    case "declare":
      return `${tag === "function" ? "" : "/* declared */ "}${
        renderExpression(parts[1]!, indent, 0, show(parts[0]))
      }`;
    case "block":
      return renderBlock(parts, indent);
    default:
      return renderControl(String(tag), parts, indent);
  }
}

function renderControl(tag: string, parts: List, indent: string): string {
  const show = (part: Term | undefined) => renderExpression(part!, indent);
  switch (tag) {
    case "if": {
      const otherwise = parts[2] as List | undefined;
      const head = `if (${show(parts[0])}) ${blockOf(parts[1], indent)}`;
      if (otherwise === undefined) return head;
      const nested = otherwise[1] as List | undefined;
      return otherwise.length === 2 && nested?.[0] === "if"
        ? `${head} else ${renderStatement(nested, indent)}`
        : `${head} else ${blockOf(otherwise, indent)}`;
    }
    case "while":
      return `while (${show(parts[0])}) ${blockOf(parts[1], indent)}`;
    case "do":
      return `do ${blockOf(parts[0], indent)} while (${show(parts[1])});`;
    case "for": {
      const init = renderInit((parts[0] as List).slice(1), indent);
      const [test, update] = parts.slice(1, 3).map((one) =>
        one === NOTHING ? "" : ` ${show(one)}`
      );
      return `for (${init};${test};${update}) ${blockOf(parts[3], indent)}`;
    }
    case "for-in":
    case "for-of":
    case "for-await": {
      const word = tag === "for-await" ? "for await" : "for";
      return `${word} (${renderHead(parts[0]!, indent)} ${
        tag === "for-in" ? "in" : "of"
      } ${show(parts[1])}) ${blockOf(parts[2], indent)}`;
    }
    case "label":
      return `${String(parts[0])}: ${renderStatement(parts[1]!, indent)}`;
    case "with":
      return `with (${show(parts[0])}) ${blockOf(parts[1], indent)}`;
    case "switch":
      return renderSwitch(parts, indent);
    case "try":
      return renderTry(parts, indent);
    default:
      return `${tag};`;
  }
}

function renderSwitch(parts: List, indent: string): string {
  const inner = indent + "  ";
  const cases = parts.slice(1).map((one) => {
    const [, test, ...statements] = one as List;
    const head = test === NOTHING
      ? "default:"
      : `case ${renderExpression(test!, inner)}:`;
    const lines = statements.map((statement) =>
      `\n${inner}  ${renderStatement(statement, inner + "  ")}`
    );
    return `${inner}${head}${lines.join("")}\n`;
  });
  return `switch (${renderExpression(parts[0]!, indent)}) {\n${
    cases.join("")
  }${indent}}`;
}

function renderTry(parts: List, indent: string): string {
  const [block, handler, finalizer] = parts;
  let text = `try ${blockOf(block, indent)}`;
  if (Array.isArray(handler)) {
    const [, parameter, body] = handler as List;
    const head = parameter === NOTHING
      ? "catch"
      : `catch (${renderExpression(parameter!, indent)})`;
    text += ` ${head} ${blockOf(body, indent)}`;
  }
  return finalizer === undefined
    ? text
    : `${text} finally ${blockOf(finalizer, indent)}`;
}

/** The key of a property or member. */
export function renderKey(term: Term, indent: string): string {
  if (Array.isArray(term)) {
    return `[${renderExpression(term[1]!, indent, 1)}]`;
  }
  const atom = String(term);
  if (!atom.startsWith('"')) return atom.replace("#@", "#");
  const name = unquote(atom);
  return isName(name) || /^(?:0|[1-9]\d*)$/.test(name) ? name : atom;
}

/** Tells whether a string is an identifier, so that it needs no quotes. */
export function isName(text: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text);
}

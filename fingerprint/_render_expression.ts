/** Canonical expressions as JavaScript. */
// A circle on purpose: mutual recursion over the syntax tree.
import { isName, renderKey, renderStatement } from "./_render.ts";
// A circle on purpose: mutual recursion over the syntax tree.
import { renderCallable, renderProperties } from "./_render_callable.ts";
import { isText, NOTHING, type Term, unquote } from "./_term.ts";

type List = readonly Term[];

/** How tightly operators bind; what is not here binds tightest. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  ",": 0,
  "yield": 1,
  "yield*": 1,
  "?:": 2,
  "||": 3,
  // Beside `||` and `&&` it needs parentheses.
  "??": 2.5,
  "&&": 4,
  "|": 5,
  "^": 6,
  "&": 7,
  "==": 8,
  "!=": 8,
  "===": 8,
  "!==": 8,
  "<": 9,
  ">": 9,
  "<=": 9,
  ">=": 9,
  "in": 9,
  "instanceof": 9,
  "<<": 10,
  ">>": 10,
  ">>>": 10,
  "+": 11,
  "-": 11,
  "*": 12,
  "/": 12,
  "%": 12,
  "**": 13,
  "!": 14,
  "~": 14,
  "u-": 14,
  "u+": 14,
  "typeof": 14,
  "void": 14,
  "delete": 14,
  "await": 14,
  "pre++": 14,
  "pre--": 14,
  // What comes after a chain in parentheses is no part of it.
  "chain": 15,
  "post++": 15,
  "post--": 15,
};
const ASSIGNMENT = /^(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=$/;
const TIGHTEST = 16;

function precedenceOf(tag: string, parts: List): number {
  if (ASSIGNMENT.test(tag)) return 1;
  if (tag === "fn") return String(parts[0]).includes("arrow") ? 1 : TIGHTEST;
  return PRECEDENCE[tag] ?? TIGHTEST;
}

/** An atom as it is read: free names and kept ones bare. */
function renderAtom(atom: string): string {
  if (atom.startsWith("@") || atom.startsWith("=")) {
    const name = atom.slice(1);
    // The variable of this name, which is not always the value.
    if (name === "undefined") return "\\u0075ndefined";
    // A free name that looks like a renamed one is written with an escape, which is the same name.
    return /^\$\d+$/.test(name) ? `\\u0024${name.slice(1)}` : name;
  }
  if (atom === "Infinity") return "1e309"; // the literal, not the global of that name
  return atom.startsWith("#@") ? atom.replace("@", "") : atom;
}

/**
 * Renders an expression or a pattern.
 *
 * @param term The expression.
 * @param indent The indentation of the line that it stands in.
 * @param least The least precedence that needs no parentheses.
 * @param name The name of a function or class that is being declared.
 */
export function renderExpression(
  term: Term,
  indent: string,
  least: number = 0,
  name?: string,
): string {
  if (typeof term === "string") return renderAtom(term);
  const [head, ...parts] = term;
  const tag = String(head);
  const precedence = precedenceOf(tag, parts);
  const text = name === undefined
    ? renderTagged(tag, parts, indent, precedence)
    : renderCallable(tag, parts, indent, name);
  return precedence < least ? `(${text})` : text;
}

function renderTagged(
  tag: string,
  parts: List,
  indent: string,
  precedence: number,
): string {
  const show = (part: Term | undefined, least = 0) =>
    renderExpression(part!, indent, least);
  if (ASSIGNMENT.test(tag)) {
    return `${show(parts[0], 15)} ${tag} ${show(parts[1], 1)}`;
  }
  switch (tag) {
    case "u-":
    case "u+":
      return renderUnary(tag.slice(1), show(parts[0], 14));
    case "!":
    case "~":
      return tag + show(parts[0], 14);
    case "typeof":
    case "void":
    case "delete":
    case "await":
      return `${tag} ${show(parts[0], 14)}`;
    case "pre++":
    case "pre--":
      return tag.slice(3) + show(parts[0], 14);
    case "post++":
    case "post--":
      return show(parts[0], 15) + tag.slice(4);
    case "yield":
    case "yield*":
      return parts[0] === NOTHING ? tag : `${tag} ${show(parts[0], 1)}`;
    case "?:":
      return `${show(parts[0], 3)} ? ${show(parts[1], 1)} : ${
        show(parts[2], 1)
      }`;
    case ",":
      return parts.map((one) => show(one, 1)).join(", ");
  }
  if (tag !== "chain" && Object.hasOwn(PRECEDENCE, tag)) {
    // Mixing `??` with `||` or `&&` needs parentheses whatever binds tighter.
    const more = tag === "??" || tag === "**" ? TIGHTEST : 0;
    return `${show(parts[0], Math.max(precedence, more))} ${tag} ${
      show(parts[1], Math.max(precedence + 1, more))
    }`;
  }
  return renderAccess(tag, parts, indent);
}

/** Two signs in a row must not become one `--`. */
function renderUnary(sign: string, operand: string): string {
  return operand.startsWith(sign) ? `${sign} ${operand}` : sign + operand;
}

function renderAccess(tag: string, parts: List, indent: string): string {
  const show = (part: Term | undefined, least = 0) =>
    renderExpression(part!, indent, least);
  const list = (some: List) => renderList(some, indent);
  const [object, ...rest] = parts;
  switch (tag) {
    case ".":
    case "?.":
      return renderMember(object!, tag, rest[0]!, indent);
    case "[]":
      return `${show(object, TIGHTEST)}[${show(rest[0])}]`;
    case "?.[]":
      return `${show(object, TIGHTEST)}?.[${show(rest[0])}]`;
    case "call":
      return show(object, TIGHTEST) + list(rest);
    case "?.call":
      return `${show(object, TIGHTEST)}?.${list(rest)}`;
    case "new":
      return `new ${
        startsWithCall(object) ? `(${show(object)})` : show(object, TIGHTEST)
      }${list(rest)}`;
    case "chain":
      return show(object);
    case "import":
    case "import.defer":
    case "import.source":
      return tag + list(parts);
    default:
      return renderLiteral(tag, parts, indent);
  }
}

/** Whether `new` would take a call in its callee for its own: `new (a().b)()`. */
function startsWithCall(term: Term | undefined): boolean {
  if (!Array.isArray(term)) return false;
  const tag = String(term[0]);
  return /call$|^chain$|^import/.test(tag) ||
    (/^(?:\.|\[\]|tagged)$/.test(tag) && startsWithCall(term[1]));
}

function renderMember(
  object: Term,
  dot: string,
  key: Term,
  indent: string,
): string {
  const text = renderExpression(object, indent, TIGHTEST);
  // `1.x` would be read as a number.
  const safe = typeof object === "string" && /^\d/.test(object)
    ? `(${text})`
    : text;
  if (!isText(key) || isName(unquote(key))) {
    return safe + dot + renderKey(key, indent);
  }
  const bare = /^"(?:0|[1-9]\d*)"$/.test(key) ? unquote(key) : key;
  return `${safe}${dot === "?." ? "?." : ""}[${bare}]`;
}

/** Items in parentheses, on one line where they fit. */
export function renderList(
  items: List,
  indent: string,
  open = "(",
  close = ")",
): string {
  // A hole at the end needs a comma of its own.
  const hole = items.at(-1) === NOTHING ? "," : "";
  const before = items.slice(0, -1);
  if (before.length === 0 || (before.every(isShort) && isOpen(items.at(-1)!))) {
    const texts = items.map((one) => renderItem(one, indent));
    return open + texts.join(", ") + hole + close;
  }
  // Each part is rendered once only: twice would be 2^depth times for what is nested.
  const inner = indent + "  ";
  const texts = items.map((one) => renderItem(one, inner));
  const line = open + texts.join(", ") + hole + close;
  if (line.length + indent.length <= 80 && !line.includes("\n")) return line;
  return `${open}\n${texts.map((one) => inner + one).join(",\n")}${
    lastComma(items)
  }\n${indent}${close}`;
}

/** Whether a term surely takes little room. */
function isShort(term: Term): boolean {
  return typeof term === "string" && term.length < 12;
}

/** Whether a term brings brackets of its own, so that it may begin at the end of a line. */
function isOpen(term: Term): boolean {
  return Array.isArray(term) &&
    /^(?:fn|class|object|array|object-pattern|array-pattern)$/.test(
      String(term[0]),
    );
}

/** Nothing may follow a rest parameter or the rest of a pattern, not even a comma. */
export function lastComma(items: List): string {
  const last = items.at(-1);
  return Array.isArray(last) && last[0] === "..." ? "" : ",";
}

function renderItem(item: Term, indent: string): string {
  return item === NOTHING ? "" : renderExpression(item, indent, 1);
}

function renderLiteral(tag: string, parts: List, indent: string): string {
  const show = (part: Term | undefined, least = 0) =>
    renderExpression(part!, indent, least);
  switch (tag) {
    case "array":
    case "array-pattern":
      return renderList(parts, indent, "[", "]");
    case "object":
    case "object-pattern":
      return renderProperties(parts, indent);
    case "...":
      return `...${show(parts[0], 1)}`;
    case "default":
      return `${show(parts[0])} = ${show(parts[1], 1)}`;
    case "regex":
      return `/${unquote(String(parts[0]))}/${unquote(String(parts[1]))}`;
    case "template":
      return renderTemplate(parts, indent, true);
    case "tagged":
      return show(parts[0], TIGHTEST) +
        renderTemplate(parts.slice(1), indent, false);
    default:
      return renderCallable(tag, parts, indent, "");
  }
}

function renderTemplate(parts: List, indent: string, cooked: boolean): string {
  const pieces = parts.map((one, i) => {
    if (i % 2 === 1) return "${" + renderExpression(one, indent) + "}";
    const text = unquote(String(one));
    return cooked
      ? JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
        .replace(/`|\$\{/g, "\\$&")
      : text;
  });
  return "`" + pieces.join("") + "`";
}

/** The whole of a canonical tree: an expression, or a statement. */
export function renderTerm(term: Term): string {
  return Array.isArray(term) && term[0] === "statements"
    ? term.slice(1).map((one) => renderStatement(one, "")).join("\n")
    : renderExpression(term, "");
}

/** Literals and templates by their values. */
import type { ESTree } from "meriyah";
import type { Lowering } from "./_lower.ts";
import { isText, quote, type Term } from "./_term.ts";

/** A literal: its value, not its spelling. */
export function lowerLiteral(node: ESTree.Literal): Term {
  if ("regex" in node) {
    const flags = [...node.regex.flags].sort().join("");
    return ["regex", quote(node.regex.pattern), quote(flags)];
  }
  if ("bigint" in node) return `${node.value}n`;
  if (typeof node.value === "string") return quote(node.value);
  return String(node.value);
}

function lines(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}

/** A template without holes is a string. */
export function lowerTemplate(
  node: ESTree.TemplateLiteral,
  lowering: Lowering,
): Term {
  const parts = node.quasis.map((one) => {
    const { cooked } = one.value;
    return cooked === null ? lowering.unknown(one) : quote(cooked);
  });
  const [only] = parts;
  if (parts.length === 1 && isText(only)) return only;
  return ["template", ...interleave(parts, lowering.all(node.expressions))];
}

/** A tag sees the raw text, so that counts, and the cooked follows from it. */
export function lowerTagged(
  node: ESTree.TaggedTemplateExpression,
  lowering: Lowering,
): Term {
  const raw = node.quasi.quasis.map((one) => quote(lines(one.value.raw)));
  const tag = lowering.expression(node.tag);
  const holes = lowering.all(node.quasi.expressions);
  return ["tagged", tag, ...interleave(raw, holes)];
}

function interleave(texts: readonly Term[], holes: readonly Term[]): Term[] {
  return texts.flatMap((text, i) =>
    i < holes.length ? [text, holes[i]!] : [text]
  );
}

/**
 * The canonical form of code: two pieces of code that cannot behave differently for one of the
 * reasons that the specification removes have the same form.
 */
import type { ESTree } from "meriyah";
import { Lowering } from "./_lower.ts";
import type { ParsedFunction } from "./_parse.ts";
import { renderTerm } from "./_render_expression.ts";
import { type Term, writeTerm } from "./_term.ts";

/** What is known of a piece of code. */
export interface Canonical {
  /** What is hashed: prefix tokens, unambiguous. */
  readonly text: string;
  /** What people read: the same tree as indented JavaScript. */
  readonly source: string;
  /** The names that the code does not declare itself, in order of first encounter. */
  readonly free: readonly string[];
}

function finish(term: Term, lowering: Lowering): Canonical {
  return {
    text: writeTerm(term),
    source: renderTerm(term),
    free: [...lowering.namer.free],
  };
}

/**
 * Canonicalises any function, class or expression of a syntax tree.
 *
 * @param node The node; its own name, if it has one, is dropped.
 * @param tags What else tells the code apart, outermost last, e.g. `["get", "sloppy"]`.
 * @param role How a function was written.
 */
export function canonicalNode(
  node: ESTree.Node,
  tags: readonly string[] = [],
  role: "function" | "method" = "function",
): Canonical {
  const lowering = new Lowering(node);
  let term = lowering.root(node, role);
  for (const tag of tags) term = [tag, term];
  return finish(term, lowering);
}

/** Canonicalises a function that stands alone. */
export function canonicalFunction(parsed: ParsedFunction): Canonical {
  const { node, role, sloppy } = parsed;
  const tags = role === "get" || role === "set" ? [role as string] : [];
  if (sloppy) tags.push("sloppy");
  return canonicalNode(node, tags, role === "function" ? "function" : "method");
}

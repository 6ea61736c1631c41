/**
 * The canonical form of code: two pieces of code that cannot behave differently for one of the
 * reasons that the specification removes have the same form.
 */
import type { ESTree } from "meriyah";
import { Lowering } from "./_lower.ts";
import type { DeclarationNumber, FreeName } from "./_namer.ts";
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
    // Most callers hash the text only, and writing the source takes as long again.
    get source() {
      return renderTerm(term);
    },
    free: [...lowering.namer.free],
  };
}

/** What a piece of code does not show by itself. */
export interface CanonicalOptions {
  /** How a function was written. @default {"function"} */
  readonly role?: "function" | "method";
  /** What else tells the code apart, outermost last, e.g. `["get", "sloppy"]`. @default {[]} */
  readonly tags?: readonly string[];
  /** Numbers the declaration that a free name refers to; `undefined` leaves the name. */
  readonly declaration?: DeclarationNumber;
}

/**
 * Canonicalises any node of a syntax tree.
 *
 * The names that a statement declares are free: the walk over a module numbers them by
 * `declaration`, together with those in other statements. They are still listed as free.
 *
 * @param node The node. A function or class is taken by itself, without its name; a list of
 * statements is a `Program`.
 * @param options What the node does not show.
 */
export function canonicalNode(
  node: ESTree.Node,
  options: CanonicalOptions = {},
): Canonical {
  const { role = "function", tags = [], declaration } = options;
  const sloppy = tags.includes("sloppy");
  const lowering = new Lowering(node, { sloppy, declaration });
  let term = lowering.root(node, role);
  for (const tag of tags) term = [tag, term];
  return finish(term, lowering);
}

/** The part of {@linkcode Canonical} that is needed to hash code and to find what it uses. */
export interface CanonicalText extends Pick<Canonical, "text" | "free"> {
  /** Whether a direct `eval` or a `with` can see every name around the code. */
  readonly isDynamic: boolean;
}

/**
 * Canonicalises a node to hash it, without the form that people read.
 *
 * @param node As of {@linkcode canonicalNode}.
 * @param options The name under which each free name is written, and whether the code around is not strict.
 */
export function canonicalText(
  node: ESTree.Node,
  options: { readonly rename?: FreeName; readonly sloppy?: boolean } = {},
): CanonicalText {
  const lowering = new Lowering(node, options);
  const text = writeTerm(lowering.root(node, "function"));
  const { free, bindings } = lowering.namer;
  return { text, free: [...free], isDynamic: bindings.dynamic };
}

/** Canonicalises a function that stands alone. */
export function canonicalFunction(parsed: ParsedFunction): Canonical {
  const { node, role, sloppy } = parsed;
  const tags = role === "get" || role === "set" ? [role as string] : [];
  if (sloppy) tags.push("sloppy");
  return canonicalNode(node, {
    tags,
    role: role === "function" ? "function" : "method",
  });
}

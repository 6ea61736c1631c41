import type { ESTree } from "meriyah";

/** The lines of a node, from 1, the last one included. */
export function linesOf(
  node: ESTree.Node,
): readonly [from: number, to: number] {
  const { loc } = node;
  return loc ? [loc.start.line, loc.end.line] : [1, 1];
}

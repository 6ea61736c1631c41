import type { CodeChange, TraceComparison } from "../tracker/mod.ts";

/** Where a piece of code is, and what it is called there. */
export interface PieceName {
  readonly file: string;
  /** Absent where the piece is a whole file, or has no file. */
  readonly name?: string;
}

/**
 * Reads the id of a piece of code.
 *
 * @param id E.g. `iris/network.ts#stepLayer`.
 * @returns its parts.
 */
export function pieceName(id: string): PieceName {
  const at = id.lastIndexOf("#");
  return at < 0
    ? { file: id }
    : { file: id.slice(0, at), name: id.slice(at + 1) };
}

/**
 * The pieces that a trace uses and that differ, each once: a helper that is named in `uses` and is
 * followed as well is the same piece twice. Two helpers of one name in two files are two.
 *
 * @param trace The comparison.
 * @returns the changes, nearest first.
 */
export function changesOf(
  { dependencies, uses }: Pick<TraceComparison, "dependencies" | "uses">,
): CodeChange[] {
  return [
    ...dependencies,
    ...uses.filter((one) =>
      !dependencies.some((other) => isSamePiece(one, other))
    ),
  ];
}

/**
 * A name in `uses` has no file, and its hash is of another kind: the same name and the same source are
 * the same piece. Where a source was not stored, the name alone has to do.
 */
function isSamePiece(use: CodeChange, dependency: CodeChange): boolean {
  return (["before", "after"] as const).every((side) => {
    const [one, other] = [use[side], dependency[side]];
    if (one === undefined || other === undefined) return one === other;
    return pieceName(other.id).name === one.id &&
      (one.source === undefined || other.source === undefined ||
        one.source === other.source);
  });
}

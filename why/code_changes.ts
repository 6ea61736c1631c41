import type { CodeChange, TraceComparison } from "../tracker/mod.ts";

/** The file of a piece of code, and its name there. */
export interface PieceName {
  readonly file: string;
  /** Absent if the piece is a whole file, or has no file. */
  readonly name?: string;
}

/**
 * Reads the id of a piece of code.
 *
 * @param id E.g. `iris/network.ts#stepLayer`.
 * @returns its file and its name.
 */
export function pieceName(id: string): PieceName {
  const at = id.lastIndexOf("#");
  return at < 0
    ? { file: id }
    : { file: id.slice(0, at), name: id.slice(at + 1) };
}

/**
 * Lists the pieces of code that a trace uses and that differ. A helper that is both named in `uses` and
 * followed as a dependency is listed once; two helpers with the same name in two files are listed both.
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
 * A name in `uses` has no file and another kind of hash, so pieces with the same name and source are the
 * same piece. If a source was not stored, the names alone are compared.
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

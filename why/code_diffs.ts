/**
 * The diffs of changed declarations, from the texts that the runs stored.
 *
 * @module
 */
import { createTwoFilesPatch } from "diff";
import type { ProgramPiece } from "../internal/run_factors.ts";
import type { Run, SQLFinder, StoredProgram } from "../tracker/mod.ts";
import type { VerdictSuspect } from "./verdict_types.ts";

/** Where the diffs come from. */
interface DiffSource {
  readonly finder: SQLFinder;
  readonly a: Run;
  readonly b: Run;
}

/** The most diffs of an answer. */
const MOST_DIFFS = 20;

/**
 * Makes a unified diff for each suspect that is code and whose text both runs stored; for one that only one
 * run has, everything is added or removed.
 *
 * @param suspects The suspects.
 * @param source The file and the two runs.
 * @returns the diffs by the id of the suspect.
 */
export async function codeDiffs(
  suspects: readonly VerdictSuspect[],
  { finder, a, b }: DiffSource,
): Promise<Map<string, string>> {
  const diffs = new Map<string, string>();
  const code = suspects.filter(({ kind }) => kind === "code")
    .slice(0, MOST_DIFFS);
  if (code.length === 0) return diffs;
  const [before, after] = [
    await finder.programOf(a),
    await finder.programOf(b),
  ];
  for (const { id } of code) {
    const [old, now] = [
      await pieceText(finder, before, id),
      await pieceText(finder, after, id),
    ];
    if (old === now || (old === undefined && now === undefined)) continue;
    diffs.set(id, unifiedDiff(id, old ?? "", now ?? ""));
  }
  return diffs;
}

function unifiedDiff(id: string, before: string, after: string): string {
  const name = id.slice("code:".length);
  const patch = createTwoFilesPatch(name, name, before, after);
  // The first lines are a separator and the names again.
  return patch.split("\n").filter((line) =>
    !line.startsWith("====") && !line.startsWith("Index: ")
  )
    .join("\n").trimEnd();
}

/** The lines of a piece of a program; `undefined` if it has no such piece, or its text was not stored. */
async function pieceText(
  finder: SQLFinder,
  program: StoredProgram | undefined,
  id: string,
): Promise<string | undefined> {
  const rest = id.slice("code:".length);
  const found = program?.modules.find(({ path }) =>
    rest.startsWith(`${path}#`)
  );
  if (found === undefined) return undefined;
  const name = rest.slice(found.path.length + 1);
  const pieces = found.pieces.filter((piece) => piece.name === name);
  const text = pieces.length === 0
    ? undefined
    : await finder.textOf(found.sha256);
  return text === undefined ? undefined : linesOf(text, pieces);
}

function linesOf(text: string, pieces: readonly ProgramPiece[]): string {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const ranges = pieces.flatMap((piece) =>
    piece.kind === "file" || piece.kind === "data"
      ? [[1, lines.length] as const]
      : piece.lines
  );
  return ranges.map(([from, to]) => lines.slice(from - 1, to).join("\n"))
    .join("\n") + "\n";
}

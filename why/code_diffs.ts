/**
 * The diffs of changed declarations, from the texts that the runs stored.
 *
 * @module
 */
import type { ProgramPiece } from "../internal/run_factors.ts";
import type { Run, SQLFinder, StoredProgram } from "../tracker/mod.ts";
import { changesOf } from "./code_changes.ts";
import { unifiedDiff } from "./unified_diff.ts";
import type { ShownFactor } from "./verdict_types.ts";

/** Where the diffs come from. */
interface DiffSource {
  readonly finder: SQLFinder;
  readonly a: Run;
  readonly b: Run;
}

/** The most diffs of an answer. */
const MOST_DIFFS = 20;

/**
 * Makes a unified diff for each piece of code whose text both runs stored; for one that only one
 * run has, everything is added or removed.
 *
 * @param code The factors, all of them code.
 * @param source The file and the two runs.
 * @returns the diffs by the id of the factor.
 */
export async function codeDiffs(
  code: readonly ShownFactor[],
  { finder, a, b }: DiffSource,
): Promise<Map<string, string>> {
  const diffs = new Map<string, string>();
  if (code.length === 0) return diffs;
  const [before, after] = [
    await finder.programOf(a),
    await finder.programOf(b),
  ];
  // A run of an earlier version stored the canonical sources of traced functions instead.
  const traced = before === undefined || after === undefined
    ? await tracedSources(finder, a, b)
    : undefined;
  for (const { id, was = id } of code.slice(0, MOST_DIFFS)) {
    const [old, now] = traced?.get(id) ?? [
      await pieceText(finder, before, was),
      await pieceText(finder, after, id),
    ];
    if (old === now || (old === undefined && now === undefined)) continue;
    const name = id.slice("code:".length);
    diffs.set(id, await unifiedDiff(name, old ?? "", now ?? ""));
  }
  return diffs;
}

/** The sources of what traced functions use, in both runs, by the ids of factors. */
async function tracedSources(
  finder: SQLFinder,
  a: Run,
  b: Run,
): Promise<Map<string, readonly [string | undefined, string | undefined]>> {
  const sources = new Map<
    string,
    readonly [string | undefined, string | undefined]
  >();
  const traces = await finder.compareCode(a, b) ?? new Map();
  for (const trace of traces.values()) {
    for (const { before, after } of changesOf(trace)) {
      const id = `code:${(after ?? before)?.id}`;
      sources.set(id, [
        withLineEnd(before?.source),
        withLineEnd(after?.source),
      ]);
    }
  }
  return sources;
}

function withLineEnd(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${text}\n`;
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

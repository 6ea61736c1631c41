/**
 * The texts of a test file and of the helpers that it imports, for the rules about what tests use.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Relative imports: static ones with and without names, re-exports, and dynamic ones. */
const RELATIVE = /\b(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;

/**
 * Reads a file and the files in a folder that it imports, directly or through others.
 *
 * @param file The absolute path of the file.
 * @param within The folder, with a separator at its end; imports of files outside of it are not followed.
 * @returns the paths and the texts, those of the file first.
 */
export async function* reachedTexts(
  file: string,
  within: string,
): AsyncGenerator<{ readonly path: string; readonly text: string }> {
  const waiting = [file];
  const seen = new Set(waiting);
  for (const at of waiting) {
    const text = await readIfThere(at);
    yield { path: at, text };
    for (const [, name] of text.matchAll(RELATIVE)) {
      const imported = resolve(dirname(at), name!);
      if (seen.has(imported) || !imported.startsWith(within)) continue;
      seen.add(imported);
      waiting.push(imported);
    }
  }
}

/** A test may contain the text of a program whose imports are not files of the repository. */
async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return "";
    throw error;
  }
}

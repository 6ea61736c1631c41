import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Artifact, Run } from "../../tracker/mod.ts";
import type { OutputOptions } from "../output/output_file.ts";
import { writeBytes } from "../export/sink.ts";

/** The bytes that are read at once. */
const PIECE = 1 << 20;

/** The content of a file is not what the run recorded. */
class OtherContent extends Error {}

/**
 * Finds the file of an artifact.
 *
 * A file goes along only if its content is the one that the run recorded. So nothing is sent under a wrong name, and a
 * run from a stranger cannot name a file of this user.
 *
 * @returns its path, or why it is left out.
 */
export function fileOfArtifact(
  run: Run,
  { path, size, sha256 }: Artifact,
): { readonly path: string } | { readonly reason: string } {
  if (sha256 === undefined) return { reason: "its content was not recorded" };
  const file = resolve(run.environment.cwd ?? ".", path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return { reason: "the file is missing" };
  if (!found.isFile()) return { reason: "it is not a file" };
  return size !== undefined && found.size !== size
    ? { reason: CHANGED }
    : { path: file };
}

/** Why a file that has changed is left out. */
const CHANGED = "the file has changed since it was recorded";

/**
 * Copies the file of an artifact, unless its content has changed.
 *
 * @param from The file.
 * @param to The copy.
 * @param options The SHA-256 that the run recorded, and what may be overwritten.
 * @returns why it was not copied; `undefined` if it was.
 */
export async function copyArtifact(
  from: string,
  to: string,
  options: OutputOptions & { readonly sha256: string },
): Promise<string | undefined> {
  try {
    await writeBytes(to, options, (write) => {
      if (copy(from, write) !== options.sha256) throw new OtherContent();
      return Promise.resolve();
    });
    return undefined;
  } catch (error) {
    if (error instanceof OtherContent) return CHANGED;
    throw error;
  }
}

function copy(from: string, write: (bytes: Uint8Array) => void): string {
  const hash = createHash("sha256");
  const file = openSync(from, "r");
  try {
    const piece = new Uint8Array(PIECE);
    for (;;) {
      const read = readSync(file, piece);
      if (read === 0) return hash.digest("hex");
      const bytes = piece.subarray(0, read);
      hash.update(bytes);
      write(bytes);
    }
  } finally {
    closeSync(file);
  }
}

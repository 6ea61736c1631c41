/**
 * Which files the dashboard may show: artifacts of runs that lie in folders that the person chose. A path in a file of
 * runs proves nothing, because the file may come from a stranger.
 */
import { constants, realpathSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { visible } from "../../internal/visible_text.ts";
import { MissingError } from "./reply.ts";

/** A file that is open for reading. */
export interface OpenArtifact {
  readonly file: FileHandle;
  readonly size: number;
}

/** The folders whose files may be shown. */
export class ArtifactFolders {
  readonly #folders: readonly string[];

  /** Takes the folders; a relative artifact is looked for in each of them. */
  constructor(folders: readonly string[]) {
    this.#folders = folders.map((folder) => resolve(folder));
  }

  /**
   * Opens an artifact.
   *
   * @param path Its path, as a run gave it.
   * @param workingFolder The folder in which the run ran, if it is known.
   * @returns the open file; the caller closes it.
   * @throws {MissingError} If it is missing, is no regular file, or lies elsewhere.
   */
  async open(path: string, workingFolder?: string): Promise<OpenArtifact> {
    const real = this.#find(path, workingFolder);
    const file = await openReal(real, path);
    const found = await file.stat();
    if (found.isFile()) return { file, size: found.size };
    await file.close();
    throw missing(path, "it is not a regular file");
  }

  /** Finds the real path, which has no links. */
  #find(path: string, workingFolder: string | undefined): string {
    if (isAddress(path)) throw missing(path, "it is an address");
    const real = this.#places(path, workingFolder).map(realPath)
      .filter((place) => place !== undefined);
    if (real.length === 0) throw missing(path, "the file is missing");
    const folders = this.#folders.map(realPath)
      .filter((folder) => folder !== undefined);
    const found = real.find((place) =>
      folders.some((folder) => isInside(place, folder))
    );
    if (found !== undefined) return found;
    throw missing(
      path,
      "it is not in the folder of the file of runs; name its folder with `ato dashboard --artifacts FOLDER`",
    );
  }

  #places(path: string, workingFolder: string | undefined): string[] {
    if (isAbsolute(path)) return [path];
    const folders = [workingFolder ?? [], this.#folders].flat();
    return folders.map((folder) => resolve(folder, path));
  }
}

/** An address such as `s3://bucket/model`; one letter is a drive of Windows. */
function isAddress(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(path) || path.includes("\0");
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    // Whatever the reason is, the file cannot be shown.
    return undefined;
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) &&
    !isAbsolute(way);
}

/** Opens a path that had no links when it was looked at: one that has become a link since is not followed. */
async function openReal(real: string, path: string): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  try {
    // A pipe without a writer must not make the server wait.
    return await open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw missing(path, `it cannot be opened (${code})`);
  }
}

function missing(path: string, reason: string): MissingError {
  return new MissingError(`Cannot show ${visible(path)}: ${reason}`);
}

/** A mirror of a project: a folder that looks like it, with the files of a run as they were. */
import {
  chmodSync,
  constants,
  copyFileSync,
  type Dirent,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { markForUser } from "../../internal/errors.ts";
import { isBelow, isPlainPath, leadingSteps } from "../../internal/paths.ts";

/** Options for {@linkcode makeMirror}. */
export interface MirrorOptions {
  /** The project's root, an absolute path. */
  readonly root: string;
  /** The text of each file that is written as it was, by its path from the root, with slashes. */
  readonly files: ReadonlyMap<string, string>;
  /**
   * Milliseconds since 1970. Files that were changed later may be outputs: they are copied, whatever their
   * size.
   */
  readonly since: number;
  /** Absolute paths that are left out: the database, which runs in the mirror write where it is. */
  readonly without: readonly string[];
  /**
   * The folder in which the mirror is made.
   *
   * @default {the system's folder for temporary files}
   */
  readonly within?: string;
}

/** A mirror of a project. */
export interface Mirror {
  /** The folder that stands for the root. */
  readonly folder: string;
  /** The project's root. */
  readonly root: string;
  /** The paths of files and folders that are links to the project's own. */
  readonly linked: readonly string[];
}

/** Folders that programs read and do not change; they are linked whole. */
const WHOLE: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".jj",
  ".svn",
  ".tox",
  ".venv",
  "__pycache__",
  "node_modules",
  "venv",
]);
/** Larger files are linked unless they may be outputs, in bytes. */
const LARGEST_COPY = 4 * 1024 * 1024;
/** The most bytes that are copied; further files are linked. */
const MOST_COPIED = 256 * 1024 * 1024;
/** The most files and folders; further folders are linked whole. */
const MOST_ENTRIES = 50_000;
/** What to do if there can be no mirror. */
const INSTEAD = "repeat the run with today's code by --here";
/** The most folders above the root that files may be in. */
const MOST_STEPS = 8;

/**
 * Makes a mirror. Its folders are real and files are copied, so that a program that runs there does not
 * change the project; large files that are older than the run are linked. The mirror is not removed: what the
 * program writes stays in it.
 *
 * @param options The root, and the files as they were.
 * @returns the mirror.
 * @throws {RangeError} If the path of a file leads out of the mirror.
 */
export function makeMirror(options: MirrorOptions): Mirror {
  return new MirrorMaker(options).make();
}

class MirrorMaker {
  readonly #root: string;
  readonly #files: ReadonlyMap<string, string>;
  readonly #since: number;
  readonly #without: ReadonlySet<string>;
  /** The folders that files as they were are below; they must not be linked. */
  readonly #real: ReadonlySet<string>;
  readonly #base: string;
  readonly #folder: string;
  readonly #linked: string[] = [];
  #copied = 0;
  #entries = 0;

  constructor(options: MirrorOptions) {
    const { root, files, since, without, within = tmpdir() } = options;
    this.#root = root;
    this.#files = files;
    this.#since = since;
    const paths = [...files.keys()];
    const steps = Math.max(0, ...paths.map(leadingSteps));
    if (steps > MOST_STEPS) {
      throw refusal(
        `Cannot mirror ${root}: the run has files more than ${MOST_STEPS} folders above it; ${INSTEAD}`,
      );
    }
    this.#base = realpathSync(mkdtempSync(join(within, "ato-repeat-")));
    // As deep below its own top as files are above the root, so that `../lib/a.ts` stays in the mirror.
    // `ato run` names a project after its folder.
    const name = basename(root) || "project";
    this.#folder = join(this.#base, ...Array(steps).fill("up"), name);
    // The folder for temporary files can be in the project.
    this.#without = new Set([this.#base, ...without]);
    for (const path of paths) this.#refuseOutside(path);
    this.#real = new Set(paths.flatMap(foldersAbove));
  }

  make(): Mirror {
    mkdirSync(this.#folder, { recursive: true });
    this.#enter("");
    for (const path of this.#real) {
      if (path.startsWith("..")) this.#beside(path);
    }
    for (const [path, text] of this.#files) this.#write(path, text);
    return { folder: this.#folder, root: this.#root, linked: this.#linked };
  }

  #refuseOutside(path: string): void {
    if (isPlainPath(path) && isBelow(this.#base, this.#at(path))) return;
    throw refusal(
      `Cannot mirror ${this.#root}: ${
        JSON.stringify(path)
      } is not the path of a file of the project; ${INSTEAD}`,
    );
  }

  #at(path: string): string {
    return resolve(this.#folder, ...path.split("/"));
  }

  #own(path: string): string {
    return resolve(this.#root, ...path.split("/"));
  }

  #enter(folder: string): void {
    for (const entry of readEntries(this.#own(folder))) {
      this.#entries++;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (this.#files.has(path) || this.#without.has(this.#own(path))) continue;
      if (entry.isDirectory()) this.#mirrorFolder(path, entry.name);
      else if (entry.isSymbolicLink()) this.#mirrorLink(path);
      // Sockets and pipes belong to processes of today.
      else if (entry.isFile()) this.#mirrorFile(path);
    }
  }

  #mirrorFolder(path: string, name: string): void {
    const isWhole = WHOLE.has(name) || this.#entries > MOST_ENTRIES;
    if (isWhole && !this.#real.has(path)) return this.#link(path, "dir");
    mkdirSync(this.#at(path), { recursive: true });
    this.#enter(path);
  }

  /** Mirrors a link: to a place in the mirror if it leads to one in the project. */
  #mirrorLink(path: string): void {
    const own = this.#own(path);
    const found = statSync(own, { throwIfNoEntry: false });
    if (found?.isDirectory() && this.#real.has(path)) {
      mkdirSync(this.#at(path), { recursive: true });
      return this.#enter(path);
    }
    const target = resolve(dirname(own), readlinkSync(own));
    const mirrored = isBelow(this.#root, target)
      ? join(this.#folder, target.slice(this.#root.length))
      : target;
    symlinkSync(
      mirrored,
      this.#at(path),
      found?.isDirectory() ? "dir" : "file",
    );
  }

  #mirrorFile(path: string): void {
    const { size, mtimeMs } = statSync(this.#own(path));
    const isSmall = size <= LARGEST_COPY && this.#copied + size <= MOST_COPIED;
    if (!isSmall && mtimeMs < this.#since) return this.#link(path, "file");
    this.#copied += size;
    copyFileSync(this.#own(path), this.#at(path), constants.COPYFILE_FICLONE);
  }

  /** Links what lies beside files above the root. */
  #beside(folder: string): void {
    mkdirSync(this.#at(folder), { recursive: true });
    for (const { name } of readEntries(this.#own(folder))) {
      const path = `${folder}/${name}`;
      const isOwn = this.#files.has(path) || this.#real.has(path) ||
        isBelow(this.#own(path), this.#root);
      if (isOwn) continue;
      const found = statSync(this.#own(path), { throwIfNoEntry: false });
      if (found) this.#link(path, found.isDirectory() ? "dir" : "file");
    }
  }

  #write(path: string, text: string): void {
    const target = this.#at(path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    const mode = statSync(this.#own(path), { throwIfNoEntry: false })?.mode;
    // A script that is started by its name stays executable.
    if (mode !== undefined) chmodSync(target, (mode & 0o777) | 0o200);
  }

  #link(path: string, type: "dir" | "file"): void {
    symlinkSync(this.#own(path), this.#at(path), type);
    this.#linked.push(path);
  }
}

/** A file of a stranger can name any path: that is no fault of the program. */
function refusal(message: string): RangeError {
  const error = new RangeError(message);
  markForUser(error);
  return error;
}

function readEntries(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true });
}

/** Returns the folders between the root and a file: `a` and `a/b` for `a/b/c.ts`, `..` and `../x` for `../x/c.ts`. */
function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

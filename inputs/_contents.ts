/** Finds the content of what was read, and makes factors of it. */
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import {
  type InputContent,
  type ListedFile,
  UNREADABLE,
} from "../internal/run_inputs.ts";
import { hiddenSecret } from "../internal/secrets.ts";
import { isBelow } from "../internal/paths.ts";
import { isCode, isSecretFile } from "./_excluded.ts";
import { contentOfFolder } from "./_list_folder.ts";
import { crowdedFolders, folderOf, treeOf } from "./_listing.ts";
import { isUrl, nameOfFile, nameOfUrl } from "./_names.ts";
import { systemPath } from "../internal/path_bytes.ts";
import { askGit, type Ignored } from "./_repositories.ts";
import { stateOfUrl } from "./_url_state.ts";
import type { InputHasher } from "./hasher.ts";
import type { SeenRead } from "./types.ts";

/** Up to this size, git-ignored files have an HMAC and text files are stored, in bytes. */
const SMALL = 64 * 1024;
/** The most bytes of texts of a run. */
const MOST_TEXT = 4 * 1024 * 1024;
/** The most files of which the text is stored. */
const MOST_TEXTS = 256;

const TWO_CONTENTS = "was read with two contents";

/** A factor: its id and its value. */
type Factor = readonly [id: string, value: string];

/** Where names start, and what hashes. */
export interface FinderOptions {
  readonly roots: readonly string[];
  readonly home: string | undefined;
  readonly hasher: InputHasher;
  /** Paths that are no inputs, also in a folder that was given as a whole. */
  readonly code: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
}

/** What was found. */
export interface Contents {
  readonly factors: readonly Factor[];
  readonly texts: ReadonlyMap<string, string>;
  /** What is not known, one phrase each. */
  readonly notes: readonly string[];
}

/** A file whose content is known. */
interface Leaf {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  /** The folder that was given as a whole, if it is in one. */
  readonly folder?: string;
  readonly isExplicit: boolean;
}

/** Finds the content of what a run read. */
export class ContentFinder {
  readonly #options: FinderOptions;
  readonly #factors = new Map<string, string>();
  readonly #texts = new Map<string, string>();
  readonly #notes: string[] = [];
  readonly #leaves = new Map<string, Leaf>();
  /** The folders that were given as a whole, by name. */
  readonly #folders = new Set<string>();

  /** @param options Where names start, and what hashes. */
  constructor(options: FinderOptions) {
    this.#options = options;
  }

  /** Finds the content of each read; paths are there once. */
  async find(reads: readonly SeenRead[]): Promise<Contents> {
    const folders = reads.filter(({ kind }) => kind === "folder");
    for (const folder of folders) await this.#takeFolder(folder);
    const rest = reads.filter(({ kind }) => kind !== "folder");
    await Promise.all(rest.map((read) => this.#take(read)));
    await this.#write();
    return {
      factors: [...this.#factors],
      texts: this.#texts,
      notes: this.#notes.sort(),
    };
  }

  #nameOf({ name, path }: SeenRead): string {
    return name ?? nameOfFile(path, this.#options);
  }

  async #take(read: SeenRead): Promise<void> {
    if (read.kind === "url" || isUrl(read.path)) {
      return await this.#takeUrl(read);
    }
    const name = this.#nameOf(read);
    // A folder that was given as a whole has it.
    if (this.#isCovered(name) && !read.isExplicit) return;
    const found = await (read.content ?? this.#options.hasher.hash(read));
    const isFolder = "files" in found ||
      ("not" in found && found.not === "folder");
    if (isFolder && read.isExplicit) return await this.#takeFolder(read);
    this.#takeFound(read, found);
  }

  #isCovered(name: string): boolean {
    const isInside = !/^(?:\/|~|[A-Za-z]:)/.test(name);
    return (isInside && this.#folders.has(".")) ||
      folderOf(name, this.#folders) !== undefined;
  }

  async #takeFolder(read: SeenRead): Promise<void> {
    const folder = this.#nameOf(read);
    this.#folders.add(folder);
    const found = await (read.content ?? contentOfFolder(read));
    if (!("files" in found)) return this.#takeFound(read, found);
    const { files, problems } = found;
    const nameIn = (path: string): string => {
      const way = nameOfFile(path, { roots: [read.path], home: undefined });
      return folder === "." ? way : `${folder}/${way}`;
    };
    for (const [path, problem] of problems) {
      this.#refuse(path === read.path ? folder : nameIn(path), problem);
    }
    if (files.length === 0 && problems.length === 0) {
      this.#set(folder, treeOf([]).value);
    }
    const { code } = this.#options;
    const inputs = files.filter(({ path }) => !isCode(path, code));
    await Promise.all(inputs.map(async (file) => {
      const content = file.content ?? this.#options.hasher.hash(file);
      const named = { ...file, name: nameIn(file.path), isExplicit: true };
      const found = await content;
      // A database of Ato changes with each run; nobody means it by its folder.
      const isAto = "not" in found && found.not === "ato";
      if (!isAto) this.#takeFound(named, found, folder);
    }));
  }

  #takeFound(read: SeenRead, found: InputContent, folder?: string): void {
    const name = this.#nameOf(read);
    if ("sha256" in found) {
      const { path, isExplicit = false } = read;
      const { sha256, bytes } = found;
      this.#add({
        name,
        path,
        sha256,
        bytes,
        isExplicit,
        ...(folder !== undefined && { folder }),
      });
      if (read.isGuess) {
        this.#notes.push(`${name}: it is not certain that it was read`);
      }
      if (read.isNewer) {
        this.#notes.push(
          `${name}: it was written while the run was going on, by what was not observed`,
        );
      }
      return;
    }
    const problem = problemOf(read, found);
    if (problem !== undefined) this.#refuse(name, problem);
  }

  /** Two files can be given one name. */
  #add(leaf: Leaf): void {
    const { name, sha256, folder } = leaf;
    const earlier = this.#leaves.get(name);
    const isOther = earlier !== undefined && earlier.sha256 !== sha256;
    if (isOther) this.#refuse(name, TWO_CONTENTS);
    // A file that is given by itself, too, stays in its folder.
    else if (earlier === undefined || folder !== undefined) {
      this.#leaves.set(name, leaf);
    }
  }

  async #takeUrl(read: SeenRead): Promise<void> {
    const name = read.name ?? nameOfUrl(read.path);
    const { sha256, size, content } = read;
    if (sha256 !== undefined && size !== undefined) {
      return this.#set(name, `sha256:${sha256},${size}`);
    }
    const state = await (content ??
      stateOfUrl(read.path, this.#options.signal));
    if ("value" in state) this.#set(name, state.value);
    else if ("problem" in state) this.#refuse(name, state.problem);
  }

  /** An address can be read twice, and two signatures of it have the same name. */
  #set(name: string, value: string): void {
    const id = `input:${name}`;
    const earlier = this.#factors.get(id);
    if (earlier !== undefined && earlier !== value) {
      return this.#refuse(name, TWO_CONTENTS);
    }
    this.#factors.set(id, value);
  }

  #refuse(name: string, problem: string): void {
    this.#leaves.delete(name);
    this.#factors.set(`input:${name}`, UNREADABLE);
    this.#notes.push(`${name}: ${problem}`);
  }

  /** Makes factors of the files whose content is known. */
  async #write(): Promise<void> {
    const leaves = [...this.#leaves.values()];
    const ignored = await askGit(
      leaves.filter(({ bytes }) => bytes <= SMALL).map(({ path }) => path),
    );
    const open: Leaf[] = [];
    for (const leaf of leaves) {
      const is = ignored.get(leaf.path);
      if (!isHidden(leaf, is)) open.push(leaf);
      else this.#hide(leaf, is);
    }
    const trees = new Map<string, Leaf[]>();
    const single = open.filter(({ folder, isExplicit }) =>
      folder === undefined && !isExplicit
    );
    const crowded = crowdedFolders(single.map(({ name }) => name));
    for (const leaf of open) {
      const folder = treeNameOf(leaf, crowded);
      if (folder === undefined) {
        this.#set(leaf.name, `sha256:${leaf.sha256},${leaf.bytes}`);
      } else {
        const files = trees.get(folder) ?? [];
        trees.set(folder, files);
        files.push(leaf);
      }
    }
    for (const [folder, files] of trees) this.#setTree(folder, files);
    this.#keepTexts(open, ignored);
  }

  #hide({ name, sha256, bytes }: Leaf, is: Ignored | undefined): void {
    const id = `input:${name}`;
    const value = hiddenSecret(id, `sha256:${sha256},${bytes}`);
    if (value !== undefined) return this.#set(name, value);
    const reason = is === "unknown" && !isSecretFile(name)
      ? "git cannot be asked whether it is ignored (--allow-run=git, --allow-env)"
      : "may hold a secret";
    this.#refuse(
      name,
      `${reason}, and there is no key to hash it with; allow Ato to use its key (--allow-env, --allow-read, --allow-write)`,
    );
  }

  #setTree(folder: string, files: readonly Leaf[]): void {
    const tree = treeOf(files.map((leaf): ListedFile => ({
      way: folder === "." ? leaf.name : leaf.name.slice(folder.length + 1),
      sha256: leaf.sha256,
      bytes: leaf.bytes,
    })));
    this.#set(folder, tree.value);
    this.#texts.set(tree.sha256, tree.listing);
  }

  #keepTexts(
    leaves: readonly Leaf[],
    ignored: ReadonlyMap<string, Ignored>,
  ): void {
    const { roots } = this.#options;
    const small = leaves.filter(({ path, bytes }) =>
      bytes <= SMALL && ignored.get(path) === "tracked" &&
      roots.some((root) => isBelow(root, path))
    );
    if (small.length > MOST_TEXTS) return;
    let left = MOST_TEXT;
    for (const { path, sha256, bytes } of small) {
      const text = bytes <= left ? textOf(path, sha256) : undefined;
      if (text === undefined) continue;
      left -= bytes;
      this.#texts.set(sha256, text);
    }
  }
}

/** Whether the content of a file may be guessed from its hash, and is nobody's business. */
function isHidden(
  { name, bytes }: Leaf,
  ignored: Ignored | undefined,
): boolean {
  if (isSecretFile(name)) return true;
  return bytes <= SMALL && (ignored === "ignored" || ignored === "unknown");
}

function treeNameOf(
  { name, folder, isExplicit }: Leaf,
  crowded: ReadonlySet<string>,
): string | undefined {
  if (folder !== undefined) return folder;
  return isExplicit ? undefined : folderOf(name, crowded)?.[0];
}

function problemOf(
  { size, isGuess, isExplicit }: SeenRead,
  found: InputContent,
): string | undefined {
  // A guess is an input only if nothing changed it.
  if ("problem" in found) return isGuess ? undefined : found.problem;
  if (!("not" in found)) return undefined;
  if (found.not === "ato" && isExplicit) {
    return "is a database of Ato, which changes with each run";
  }
  if (found.not !== "missing") return undefined;
  if (isGuess) return undefined;
  // Without a size it was missing when the program asked for it.
  return size === undefined && !isExplicit
    ? undefined
    : "was removed after it was read";
}

/** Returns the text of a small file if it is UTF-8 and still the same. */
function textOf(path: string, sha256: string): string | undefined {
  const place = systemPath(path);
  if (place === undefined) return undefined;
  try {
    const bytes = readFileSync(place);
    const found = createHash("sha256").update(bytes).digest("hex");
    if (found !== sha256 || bytes.includes(0)) return undefined;
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    // It is not UTF-8, or it is gone: then a difference is shown by its hash.
    return undefined;
  }
}
